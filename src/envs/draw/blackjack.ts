/** Blackjack on its table. */
import type { BlackjackScene } from '../toy-text/blackjack.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fillRounded, fitDesign, strokeLine, writeText } from './strokes.ts';

const designSize: PictureSize = { width: 600, height: 420 };
const card = { width: 74, height: 104 } as const;

/** Draws both hands with their sums; the dealer's second card is hidden until the hand is over. */
function drawBlackjack(context: DrawingContext, colors: Palette, scene: BlackjackScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.paper, () => {
    const { width, height } = designSize;
    fillRounded(context, { x: 12, y: 12 }, { width: width - 24, height: height - 24 }, 24, colors.goalTile);
    strokeLine(context, 40, height / 2, width - 40, height / 2, { color: colors.goalMound, width: 3 });
    const { player, dealer, isOver } = scene;
    // A hand that is lost above 21 ends before the dealer shows the second card.
    const isOpen = isOver && scene.playerSum <= 21;
    const usable = scene.usableAce ? ', usable ace' : '';
    const write = (text: string, color: string, x: number, y: number, align: 'left' | 'right'): void =>
      writeText(context, text, { x, y }, { color, size: 24, align, baseline: 'alphabetic' });
    write(isOpen ? `Dealer ${scene.dealerSum}` : 'Dealer', colors.ink, 40, 62, 'left');
    write(`Player ${scene.playerSum}${usable}`, colors.ink, 40, height - 38, 'left');
    drawHand(context, colors, dealer, 82, isOpen ? dealer.length : 1);
    drawHand(context, colors, player, height / 2 + 26, player.length);
    const result = scene.reward > 0 ? 'won' : scene.reward < 0 ? 'lost' : 'a draw';
    const color = scene.reward > 0 ? colors.green : scene.reward < 0 ? colors.red : colors.ink;
    if (isOver) write(result, color, width - 40, height - 38, 'right');
  });
}

/** Cards side by side, closer together where there are many; those from `open` on show their backs. */
function drawHand(context: DrawingContext, colors: Palette, cards: readonly number[], top: number, open: number): void {
  const step = Math.min(card.width + 14, (designSize.width - 80 - card.width) / Math.max(cards.length - 1, 1));
  for (const [k, value] of cards.entries()) drawCard(context, colors, k < open ? value : 0, 40 + k * step, top);
}

/** A card by its value: ace 1, and 0 for its back. */
function drawCard(context: DrawingContext, colors: Palette, value: number, x: number, top: number): void {
  const within = (inset: number, radius: number, color: string): void =>
    fillRounded(
      context,
      { x: x + inset, y: top + inset },
      { width: card.width - 2 * inset, height: card.height - 2 * inset },
      radius,
      color,
    );
  within(-1.5, 9, colors.line);
  within(0, 8, value === 0 ? colors.deepBlue : colors.sky);
  if (value === 0) within(9, 5, colors.blue);
  const rank = ['', 'A'][value] ?? String(value);
  const color = value === 1 ? colors.red : colors.ink;
  writeText(context, rank, { x: x + card.width / 2, y: top + card.height / 2 }, { color, size: 40, weight: 700 });
  writeText(context, rank, { x: x + 8, y: top + 15 }, { color, size: 15, weight: 700, align: 'left' });
}

/** How scenes of Blackjack are drawn. */
export const blackjackDrawing: Drawing<BlackjackScene> = { kind: 'blackjack', size: designSize, stepsPerSecond: 1, draw: drawBlackjack };
