/** CartPole from the side. */
import { cos, sin } from '../../math/index.ts';
import type { CartPoleScene } from '../classic-control/cartPole.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { drawJoint, fillCircle, fillRounded, fitDesign, strokeLine, strokeRod } from './strokes.ts';

/** Pixels of the design. */
const designSize: PictureSize = { width: 600, height: 400 };

const trackY = 300;
const wheelRadius = 9;
const cartHeight = 38;
const cartWidth = 88;
/** Height of the pole's hinge. */
const hingeY = trackY - 2 * wheelRadius - cartHeight + 8;

/** Draws the track with its ends, the cart and the pole; the pale fan shows how far the pole may lean. */
function drawCartPole(context: DrawingContext, colors: Palette, scene: CartPoleScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.paper, ({ left, right, bottom }) => {
    const middle = designSize.width / 2;
    const pixels = 112;
    const x = middle + pixels * scene.x;
    const end = pixels * scene.positionLimit;
    context.fillStyle = colors.sky;
    context.fillRect(left, trackY, right - left, bottom - trackY);
    strokeLine(context, left, trackY, right, trackY, { color: colors.line, width: 2 });
    strokeLine(context, middle - end, trackY, middle + end, trackY, { color: colors.stone, width: 5 });
    for (let meter = -Math.floor(scene.positionLimit); meter <= scene.positionLimit; meter++) {
      const at = middle + pixels * meter;
      strokeLine(context, at, trackY + 10, at, trackY + (meter === 0 ? 26 : 18), { color: colors.stone, width: 2 });
    }
    for (const at of [middle - end, middle + end]) strokeLine(context, at, trackY - 22, at, trackY + 10, { color: colors.red, width: 5 });
    drawFan(context, colors, scene, x, pixels * scene.poleLength);
    drawCart(context, colors, x);
    const hinge = { x, y: hingeY };
    const tip = { x: x + pixels * scene.poleLength * sin(scene.angle), y: hingeY - pixels * scene.poleLength * cos(scene.angle) };
    strokeRod(context, hinge, tip, { color: colors.amber, edge: colors.deepAmber, width: 11 });
    drawJoint(context, hinge, 8, colors);
  });
}

/** How far the pole may lean, and the upright. */
function drawFan(context: DrawingContext, colors: Palette, scene: CartPoleScene, x: number, length: number): void {
  const upright = -Math.PI / 2;
  const radius = length + 26;
  context.fillStyle = colors.sky;
  context.beginPath();
  context.moveTo(x, hingeY);
  context.arc(x, hingeY, radius, upright - scene.angleLimit, upright + scene.angleLimit);
  context.closePath();
  context.fill();
  context.setLineDash([3, 7]);
  strokeLine(context, x, hingeY, x, hingeY - radius, { color: colors.line, width: 2 });
  context.setLineDash([]);
}

/** The cart, on wheels that roll without slipping. */
function drawCart(context: DrawingContext, colors: Palette, x: number): void {
  const top = trackY - 2 * wheelRadius - cartHeight + 6;
  fillRounded(context, { x: x - cartWidth / 2, y: top }, { width: cartWidth, height: cartHeight }, 9, colors.blue);
  context.strokeStyle = colors.deepBlue;
  context.lineWidth = 2;
  context.stroke();
  for (const side of [-1, 1]) {
    const wheelX = x + side * (cartWidth / 2 - 20);
    const wheelY = trackY - wheelRadius - 2;
    const turn = x / wheelRadius;
    const spokeX = 5.5 * cos(turn);
    const spokeY = 5.5 * sin(turn);
    fillCircle(context, wheelX, wheelY, wheelRadius, colors.ink);
    strokeLine(context, wheelX - spokeX, wheelY - spokeY, wheelX + spokeX, wheelY + spokeY, { color: colors.stone, width: 2 });
    fillCircle(context, wheelX, wheelY, 2.5, colors.paper);
  }
}

/** How scenes of CartPole are drawn. */
export const cartPoleDrawing: Drawing<CartPoleScene> = { kind: 'cartPole', size: designSize, stepsPerSecond: 50, draw: drawCartPole };
