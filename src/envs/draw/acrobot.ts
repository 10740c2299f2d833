/** The acrobot from the front. */
import { cos, sin } from '../../math/index.ts';
import type { AcrobotScene } from '../classic-control/acrobot.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { drawJoint, fitDesign, strokeLine, strokeRod } from './strokes.ts';
import { drawTurnArrow } from './turnArrow.ts';

/** Pixels of the design. */
const designSize: PictureSize = { width: 400, height: 400 };

const bar = { x: 200, y: 214 };
/** Pixels of 1 m. */
const scale = 82;

/** Draws the height to reach, the bar, both links and, around the joint between them, the torque. */
function drawAcrobot(context: DrawingContext, colors: Palette, scene: AcrobotScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.paper, ({ left, right }) => {
    const { x, y } = bar;
    const goalY = y - scale * scene.goalHeight;
    context.fillStyle = colors.sky;
    context.fillRect(left, goalY - 4, right - left, 8);
    context.setLineDash([3, 7]);
    strokeLine(context, left, goalY, right, goalY, { color: colors.green, width: 3 });
    context.setLineDash([]);
    strokeLine(context, x - 40, y, x + 40, y, { color: colors.stone, width: 6 });
    const turned = scene.angle1 + scene.angle2;
    const elbow = { x: x + scale * sin(scene.angle1), y: y + scale * cos(scene.angle1) };
    const tip = { x: elbow.x + scale * sin(turned), y: elbow.y + scale * cos(turned) };
    strokeRod(context, bar, elbow, { color: colors.blue, edge: colors.deepBlue, width: 16 });
    strokeRod(context, elbow, tip, { color: colors.amber, edge: colors.deepAmber, width: 14 });
    for (const joint of [bar, elbow]) drawJoint(context, joint, 8, colors);
    drawTurnArrow(context, elbow.x, elbow.y, { strength: 0.7 * scene.torque, radius: 24, color: colors.ink });
  });
}

/** How scenes of Acrobot are drawn: at Gymnasium's pace, three times the world's own, as five pictures in a second do not read as motion. */
export const acrobotDrawing: Drawing<AcrobotScene> = { kind: 'acrobot', size: designSize, stepsPerSecond: 15, draw: drawAcrobot };
