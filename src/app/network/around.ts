export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Spots on an ellipse around the middle of a picture, the first at the right, with room at the edges for names. */
export function around(count: number, width: number, height: number): Spot[] {
  const [x, y] = [width / 2, height / 2];
  return Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count;
    return { x: x + (x - 72) * Math.cos(angle), y: y + (y - 52) * Math.sin(angle) };
  });
}
