/** A view in space on a canvas: bodies with light and shadow, a ground, and a camera that goes along with them. */
import type * as Three from 'three';
import { type Palette, palettes } from '../../envs/draw/palette.ts';
import { angleOfView, eyeDistance } from '../../envs/draw/perspective.ts';
import type { SpatialScene } from '../../envs/index.ts';
import { showGrounds } from './grounds.ts';
import { listenToTurns } from './listen.ts';
import { MeshGroup } from './meshGroup.ts';
import { followed, type Orbit, type OrbitLimits, placeOf, type Turn, turned } from './orbit.ts';
import { showSolids } from './solids.ts';

/** Pixels of the shadow's picture, along each side. */
const shadowPixels = 2048;
/** From the middle of the picture to the light, in heights of what is seen: from above, on the side of the camera. */
const lightFrom = [-0.8, -1.5, 2] as const;
/** A person who wants little motion sees the ground rest until the body is so many heights of what is seen from the middle. */
const restingPart = 0.5;

/** A view in space. Call {@link draw} at every frame, and {@link close} at the end. */
export class SpaceView {
  readonly #three: typeof Three;
  readonly #canvas: HTMLCanvasElement;
  readonly #renderer: Three.WebGLRenderer;
  readonly #scene: Three.Scene;
  readonly #fog: Three.Fog;
  readonly #camera: Three.PerspectiveCamera;
  readonly #sky: Three.HemisphereLight;
  readonly #sun: Three.DirectionalLight;
  readonly #solids: MeshGroup;
  readonly #grounds: MeshGroup;
  readonly #theme: () => 'light' | 'dark';
  readonly #wantsLittleMotion: () => boolean;
  #last: SpatialScene | undefined;
  #lastTheme: 'light' | 'dark' | undefined;
  /** (3) What the camera looks at. */
  #center: readonly number[] | undefined;
  #orbit: Orbit | undefined;
  /** Whether the picture differs from what the last frame drew. */
  #changed = true;

  /** `context` is the canvas's own, of WebGL 2; `theme` and `wantsLittleMotion` are asked at every frame. */
  constructor(
    three: typeof Three,
    canvas: HTMLCanvasElement,
    context: WebGL2RenderingContext,
    theme: () => 'light' | 'dark',
    wantsLittleMotion: () => boolean,
  ) {
    this.#three = three;
    this.#canvas = canvas;
    this.#theme = theme;
    this.#wantsLittleMotion = wantsLittleMotion;
    this.#renderer = new three.WebGLRenderer({ canvas, context, antialias: true });
    this.#renderer.shadowMap.enabled = true;
    this.#scene = new three.Scene();
    this.#fog = new three.Fog(0, 1, 2);
    this.#scene.fog = this.#fog;
    this.#camera = new three.PerspectiveCamera(angleOfView);
    this.#camera.up.set(0, 0, 1);
    this.#sky = new three.HemisphereLight(0xffffff, 0xffffff, 1.7);
    this.#sky.position.set(0, 0, 1);
    this.#sun = new three.DirectionalLight(0xffffff, 1.7);
    this.#sun.castShadow = true;
    this.#sun.shadow.mapSize.set(shadowPixels, shadowPixels);
    this.#solids = new MeshGroup(three);
    this.#grounds = new MeshGroup(three);
    this.#scene.add(this.#sky, this.#sun, this.#sun.target, this.#solids.group, this.#grounds.group);
    listenToTurns(
      canvas,
      (by) => this.turn(by),
      () => this.lookAsAtFirst(),
    );
  }

  /** Turns the camera around what it looks at, or comes closer. */
  turn(by: Turn): void {
    if (!this.#orbit || !this.#last) return;
    this.#orbit = turned(this.#orbit, by, limitsOf(this.#last));
    this.#changed = true;
  }

  /** Looks from where the scene says. */
  lookAsAtFirst(): void {
    this.#orbit = undefined;
    this.#center = undefined;
    this.#changed = true;
  }

  /** Draws a scene, where anything changed. */
  draw(scene: SpatialScene): void {
    const theme = this.#theme();
    if (theme !== this.#lastTheme || scene !== this.#last) this.#changed = true;
    this.#fit();
    if (!this.#changed) return;
    const colors = palettes[theme];
    if (theme !== this.#lastTheme) this.#dress(colors);
    this.#lastTheme = theme;
    this.#last = scene;
    showSolids(this.#three, this.#solids, scene, colors);
    showGrounds(this.#three, this.#grounds, scene, colors);
    this.#look(scene);
    this.#renderer.render(this.#scene, this.#camera);
    this.#changed = false;
  }

  /** Colors of the sky, and of the haze that the ground ends in. */
  #dress(colors: Palette): void {
    this.#scene.background = new this.#three.Color(colors.skyTop);
    this.#fog.color.set(colors.skyTop);
    this.#sky.groundColor.set(colors.evenFloor);
  }

  /** Puts camera, light and haze where the scene is. */
  #look(scene: SpatialScene): void {
    const { azimuth, elevation, visibleHeight } = scene;
    this.#orbit ??= turned({ azimuth, elevation, distance: eyeDistance * visibleHeight }, {}, limitsOf(scene));
    const center = followed(this.#center, scene.center, this.#wantsLittleMotion() ? restingPart * visibleHeight : 0);
    this.#center = center;
    const [x, y, z] = [center[0]!, center[1]!, center[2]!];
    const { distance } = this.#orbit;
    const camera = this.#camera;
    camera.position.set(...placeOf(this.#orbit, center));
    camera.near = distance / 50;
    camera.far = distance + 60 * visibleHeight;
    camera.updateProjectionMatrix();
    camera.lookAt(x, y, z);
    this.#fog.near = distance + 2 * visibleHeight;
    this.#fog.far = distance + 12 * visibleHeight;
    const sun = this.#sun;
    sun.target.position.set(x, y, z);
    sun.position.set(x + visibleHeight * lightFrom[0], y + visibleHeight * lightFrom[1], z + visibleHeight * lightFrom[2]);
    const lens = sun.shadow.camera;
    const half = 1.3 * visibleHeight;
    [lens.left, lens.right, lens.bottom, lens.top, lens.near, lens.far] = [-half, half, -half, half, visibleHeight / 10, 6 * visibleHeight];
    lens.updateProjectionMatrix();
    // Surfaces would shade themselves in stripes.
    sun.shadow.normalBias = (2 * half) / shadowPixels;
  }

  /** As many device pixels as the canvas covers. */
  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (width === 0 || height === 0) return;
    const ratio = devicePixelRatio || 1;
    const size = this.#renderer.getSize(new this.#three.Vector2());
    if (size.x === width && size.y === height && this.#renderer.getPixelRatio() === ratio) return;
    this.#renderer.setPixelRatio(ratio);
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#changed = true;
  }

  /** Frees what the graphics card holds. */
  close(): void {
    this.#solids.close();
    this.#grounds.close();
    this.#renderer.dispose();
  }
}

/** Not below a floor, not inside of the bodies, and not so far that nothing is seen. */
function limitsOf({ visibleHeight, floor, planes = [] }: SpatialScene): OrbitLimits {
  const hasGround = floor !== undefined || planes.length > 0;
  return { highest: hasGround ? -1 : 89, nearest: visibleHeight / 4, farthest: 8 * visibleHeight };
}
