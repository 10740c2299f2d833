/** A pendulum from the front. */
import { cos, sin } from '../../math/index.ts';
import type { PendulumScene } from '../classic-control/pendulum.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { drawJoint, fillCircle, fitDesign, strokeLine, strokeRod } from './strokes.ts';
import { drawTurnArrow } from './turnArrow.ts';

/** Pixels of the design. */
const designSize: PictureSize = { width: 400, height: 400 };

const middle = { x: 200, y: 212 };
/** Pixels of the rod. */
const rodLength = 140;

/** Draws the circle of the free end, the upright, the rod and, around the axle, the torque. */
function drawPendulum(context: DrawingContext, colors: Palette, scene: PendulumScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.paper, () => {
    const { x, y } = middle;
    fillCircle(context, x, y, rodLength + 22, colors.sky);
    context.setLineDash([3, 7]);
    strokeLine(context, x, y, x, y - rodLength - 22, { color: colors.line, width: 2 });
    context.setLineDash([]);
    const tip = { x: x - rodLength * sin(scene.angle), y: y - rodLength * cos(scene.angle) };
    strokeRod(context, { x, y }, tip, { color: colors.amber, edge: colors.deepAmber, width: 26 });
    drawJoint(context, { x, y }, 9, colors);
    drawTurnArrow(context, x, y, { strength: scene.torque / scene.maxTorque, radius: 44, color: colors.blue });
  });
}

/** How scenes of Pendulum are drawn. */
export const pendulumDrawing: Drawing<PendulumScene> = { kind: 'pendulum', size: designSize, stepsPerSecond: 20, draw: drawPendulum };
