/** LunarLander from the side. */
import { cos, sin } from '../../math/index.ts';
import type { LunarLanderScene, SceneBody } from '../box2d/lunarLander.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fillCircle, fitDesign, polygonPath, strokeLine } from './strokes.ts';

/** Pixels of the design. */
const designSize: PictureSize = { width: 600, height: 400 };

/** Stars as x, y and radius in pixels of the design. */
const stars = [
  [40, 60, 1.6],
  [95, 150, 1.2],
  [130, 30, 1.3],
  [186, 96, 1.7],
  [232, 44, 1.2],
  [268, 168, 1.3],
  [330, 70, 1.6],
  [372, 132, 1.2],
  [404, 26, 1.3],
  [455, 170, 1.5],
  [520, 130, 1.2],
  [566, 52, 1.6],
  [578, 190, 1.2],
  [22, 206, 1.3],
] as const;

/** Draws sky, ground, pad with flags, the way so far, and the lander with its flames. */
function drawLunarLander(
  context: DrawingContext,
  colors: Palette,
  scene: LunarLanderScene,
  size: PictureSize,
  earlier: readonly LunarLanderScene[],
): void {
  const pixels = designSize.width / scene.width;
  const design = { width: designSize.width, height: pixels * scene.height };
  fitDesign(context, size, design, colors.sky, ({ left, right, top, bottom }) => {
    drawSky(context, colors, { left, right, top, bottom });
    // From here on in meters, y up.
    context.save();
    context.translate(0, design.height);
    context.scale(pixels, -pixels);
    const edges = { left: left / pixels, right: right / pixels, bottom: (design.height - bottom) / pixels };
    drawGround(context, colors, scene, edges);
    drawPad(context, colors, scene);
    drawTrail(context, colors, earlier);
    drawFlames(context, colors, scene);
    for (const leg of scene.legs) drawLeg(context, colors, scene.hull, leg);
    drawHull(context, colors, scene.hull);
    context.restore();
  });
}

interface Edges {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function drawSky(context: DrawingContext, colors: Palette, { left, right, top, bottom }: Edges): void {
  const sky = context.createLinearGradient(0, top, 0, bottom);
  sky.addColorStop(0, colors.skyTop);
  sky.addColorStop(0.75, colors.paper);
  context.fillStyle = sky;
  context.fillRect(left, top, right - left, bottom - top);
  for (const [x, y, radius] of stars) fillCircle(context, x, y, radius, colors.star);
  // A planet with its night side.
  fillCircle(context, 492, 84, 30, colors.planetNight);
  context.save();
  context.beginPath();
  context.arc(492, 84, 30, 0, 2 * Math.PI);
  context.clip();
  fillCircle(context, 480, 76, 32, colors.planetDay);
  context.restore();
}

function drawGround(
  context: DrawingContext,
  colors: Palette,
  scene: LunarLanderScene,
  edges: { readonly left: number; readonly right: number; readonly bottom: number },
): void {
  const { ground } = scene;
  const first = ground[1]!;
  const last = ground[ground.length - 1]!;
  const surface = [edges.left, first, ...ground, edges.right, last];
  const shade = context.createLinearGradient(0, 6, 0, 0);
  shade.addColorStop(0, colors.groundTop);
  shade.addColorStop(1, colors.groundBottom);
  context.fillStyle = shade;
  polygonPath(context, [...surface, edges.right, edges.bottom, edges.left, edges.bottom]);
  context.fill();
  context.strokeStyle = colors.stone;
  context.lineWidth = 0.08;
  context.beginPath();
  context.moveTo(surface[0]!, surface[1]!);
  for (let k = 2; k < surface.length; k += 2) context.lineTo(surface[k]!, surface[k + 1]!);
  context.stroke();
}

/** The pad between its flags. */
function drawPad(context: DrawingContext, colors: Palette, { flags, padHeight }: LunarLanderScene): void {
  strokeLine(context, flags[0], padHeight, flags[1], padHeight, { color: colors.teal, width: 0.16 });
  flags.forEach((x, k) => {
    const inward = k === 0 ? 1 : -1;
    const top = padHeight + 50 / 30;
    strokeLine(context, x, padHeight, x, top, { color: colors.ink, width: 0.08 });
    context.fillStyle = colors.amber;
    polygonPath(context, [x, top, x, top - 0.5, x - inward * 0.85, top - 0.25]);
    context.fill();
  });
}

/** Dots along the way so far. */
function drawTrail(context: DrawingContext, colors: Palette, earlier: readonly LunarLanderScene[]): void {
  const every = 6;
  context.globalAlpha = 0.35;
  for (let k = 0; k < earlier.length; k += every) fillCircle(context, earlier[k]!.hull.x, earlier[k]!.hull.y, 0.05, colors.blue);
  context.globalAlpha = 1;
}

/** Draws in the frame of a body. */
function inFrame(context: DrawingContext, body: SceneBody, draw: () => void): void {
  context.save();
  context.translate(body.x, body.y);
  context.rotate(body.angle);
  draw();
  context.restore();
}

/** A flame from a nozzle along +x of the present frame. */
function drawFlame(context: DrawingContext, colors: Palette, width: number, length: number): void {
  for (const [part, color] of [
    [1, colors.flame],
    [0.66, colors.amber],
    [0.36, colors.flameCore],
  ] as const) {
    const half = (width / 2) * (0.45 + 0.55 * part);
    context.fillStyle = color;
    context.beginPath();
    context.moveTo(0, half);
    context.quadraticCurveTo(0.55 * length * part, half * 1.15, length * part, 0);
    context.quadraticCurveTo(0.55 * length * part, -half * 1.15, 0, -half);
    context.closePath();
    context.fill();
  }
}

/** Flames as long as the engines are strong. Their flicker follows from the place, so that the same scene has the same picture. */
function drawFlames(context: DrawingContext, colors: Palette, { hull, main, side }: LunarLanderScene): void {
  const place = hull.x * 37.7 + hull.y * 91.3;
  const flicker = 0.85 + 0.3 * (place - Math.floor(place));
  inFrame(context, hull, () => {
    if (main > 0) {
      context.save();
      context.translate(0, -0.5);
      context.rotate(-Math.PI / 2);
      drawFlame(context, colors, 0.5, 1.5 * main * flicker);
      context.restore();
    }
    if (side !== 0) {
      // A negative power turns the nose to the left: its flame leaves on the right.
      const direction = side < 0 ? 1 : -1;
      context.save();
      context.translate(direction * 0.5, 14 / 30);
      context.scale(direction, 1);
      drawFlame(context, colors, 0.22, 0.8 * Math.abs(side) * flicker);
      context.restore();
    }
  });
}

/** Where a point of a body's own frame is in the world. */
function worldPoint(body: SceneBody, x: number, y: number): readonly [x: number, y: number] {
  const cosine = cos(body.angle);
  const sine = sin(body.angle);
  return [body.x + cosine * x - sine * y, body.y + sine * x + cosine * y];
}

/** A leg with its struts; the foot lights up where it touches the ground. */
function drawLeg(context: DrawingContext, colors: Palette, hull: SceneBody, leg: SceneBody & { readonly touches: boolean }): void {
  // On which side of the hull it hangs.
  const side = cos(hull.angle) * (leg.x - hull.x) + sin(hull.angle) * (leg.y - hull.y) < 0 ? -1 : 1;
  for (const [height, end] of [
    [0.02, 0.2],
    [-0.28, -0.05],
  ] as const) {
    strokeLine(context, ...worldPoint(hull, side * 0.5, height), ...worldPoint(leg, 0, end), { color: colors.stone, width: 0.09 });
  }
  inFrame(context, leg, () => {
    polygonPath(context, leg.corners);
    context.fillStyle = colors.ink;
    context.strokeStyle = colors.ink;
    context.lineWidth = 0.05;
    context.fill();
    context.stroke();
    const foot = Math.min(...leg.corners.filter((_, k) => k % 2 === 1));
    strokeLine(context, -0.22, foot, 0.22, foot, { color: leg.touches ? colors.amber : colors.ink, width: 0.13 });
  });
}

function drawHull(context: DrawingContext, colors: Palette, hull: SceneBody): void {
  inFrame(context, hull, () => {
    // The nozzle, below the body.
    context.fillStyle = colors.ink;
    polygonPath(context, [-0.16, -0.3, 0.16, -0.3, 0.26, -0.52, -0.26, -0.52]);
    context.fill();
    polygonPath(context, hull.corners);
    context.fillStyle = colors.blue;
    context.fill();
    context.strokeStyle = colors.deepBlue;
    context.lineWidth = 0.07;
    context.stroke();
    fillCircle(context, 0, 0.2, 0.2, colors.deepBlue);
    fillCircle(context, 0, 0.2, 0.15, colors.window);
    strokeLine(context, -0.5, -0.13, 0.5, -0.13, { color: colors.amber, width: 0.07 });
  });
}

/** How scenes of LunarLander are drawn. */
export const lunarLanderDrawing: Drawing<LunarLanderScene> = {
  kind: 'lunarLander',
  size: designSize,
  stepsPerSecond: 50,
  draw: drawLunarLander,
};
