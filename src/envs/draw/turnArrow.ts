/** An arc with an arrowhead: a torque around a point. */
import { cos, sin } from '../../math/index.ts';
import type { DrawingContext } from './context.ts';
import { polygonPath } from './strokes.ts';

/**
 * Draws the arc around (x, y) that begins at the top and spans `strength` times three quarters of a turn: counter-clockwise if it is above 0,
 * nothing at 0.
 */
export function drawTurnArrow(
  context: DrawingContext,
  x: number,
  y: number,
  { strength, radius, color }: { readonly strength: number; readonly radius: number; readonly color: string },
): void {
  if (strength === 0) return;
  const top = -Math.PI / 2;
  const end = top - 1.5 * Math.PI * strength;
  context.strokeStyle = color;
  context.lineWidth = 4;
  context.beginPath();
  context.arc(x, y, radius, top, end, strength > 0);
  context.stroke();
  const way = strength > 0 ? 1 : -1;
  const [outX, outY] = [cos(end), sin(end)];
  // Along the circle, in the direction of the turn.
  const [alongX, alongY] = [way * outY, -way * outX];
  const [tipX, tipY] = [x + radius * outX, y + radius * outY];
  context.fillStyle = color;
  polygonPath(context, [tipX + 8 * outX, tipY + 8 * outY, tipX - 8 * outX, tipY - 8 * outY, tipX + 12 * alongX, tipY + 12 * alongY]);
  context.fill();
}
