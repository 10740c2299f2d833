/**
 * How well one box fits another: generalized intersection over union (H. Rezatofighi, N. Tsoi, J. Gwak, A. Sadeghian, I. Reid, S. Savarese,
 * "Generalized Intersection over Union", CVPR 2019, arXiv 1902.09630, algorithm 1).
 */
import { mistake, show } from '../../../core/errors.ts';

/** A box by its sides; an edge lies between pixels, so that a box of one pixel has `right` = `left` + 1. */
export interface Box {
  readonly left: number;
  readonly top: number;
  /** Greater than `left`. */
  readonly right: number;
  /** Greater than `top`. */
  readonly bottom: number;
}

/** How two boxes overlap. */
export interface Overlap {
  /** Intersection over union, 0 .. 1; 1 for equal boxes only. */
  readonly iou: number;
  /** {@link Overlap.iou} less the share of the smallest box around both that neither covers, in (-1, 1]; 1 for equal boxes only. */
  readonly giou: number;
}

/**
 * The overlap of two boxes, in whichever order. Throws {@link CohortError} for a box without area.
 *
 * Example: (0, 0, 2, 2) and (1, 1, 3, 3) share 1 of 4 + 4 - 1 = 7, so that IoU = 1/7. The box around both has 9, of which 2 are in neither:
 * GIoU = 1/7 - 2/9 = -5/63.
 */
export function overlapOf(a: Box, b: Box): Overlap {
  const areaOf = (box: Box): number => {
    const { left, top, right, bottom } = box;
    if (right > left && bottom > top && Number.isFinite((right - left) * (bottom - top))) return (right - left) * (bottom - top);
    throw mistake('box', 'left < right and top < bottom', show(box), 'give the sides as { left, top, right, bottom }');
  };
  const areas = areaOf(a) + areaOf(b);
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const shared = width > 0 && height > 0 ? width * height : 0;
  const union = areas - shared;
  const around = (Math.max(a.right, b.right) - Math.min(a.left, b.left)) * (Math.max(a.bottom, b.bottom) - Math.min(a.top, b.top));
  const iou = shared / union;
  return { iou, giou: iou - (around - union) / around };
}
