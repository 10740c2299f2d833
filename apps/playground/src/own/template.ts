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

  look() {
    return Float32Array.of(this.at / 5, this.left / 20);
  }
}
return Corridor;`;
