/** What the editor holds at first: a corridor, in the form that `Env` has. */
export const template = `class Corridor {
  observationSpace = box(0, 1, [2]);
  actionSpace = discrete(2);

  reset() {
    this.at = 0;
    this.left = 20;
    return { observation: this.look(), info: {} };
  }

  step(action) {
    this.at = Math.max(0, this.at + (action === 1 ? 1 : -1));
    this.left -= 1;
    const done = this.at === 5;
    return { observation: this.look(), reward: done ? 1 : -0.1, terminated: done, truncated: this.left === 0, info: {} };
  }

  scene() {
    const shapes = [
      { shape: 'line', x1: 0, y1: 0.7, x2: 6, y2: 0.7, width: 0.05, color: 'grey' },
      { shape: 'rectangle', x: 5.5, y: 1, width: 0.6, height: 0.6, color: 'green' },
      { shape: 'circle', x: this.at + 0.5, y: 1, radius: 0.25, color: 'blue' },
    ];
    return { kind: 'shapes', width: 6, height: 2, shapes };
  }

  look() {
    return Float32Array.of(this.at / 5, this.left / 20);
  }
}
return Corridor;`;
