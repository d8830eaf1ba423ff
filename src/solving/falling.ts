/** Watches a number that must fall to be worth waiting for. */
export class Falling {
  private mark = Number.POSITIVE_INFINITY;
  private lag = 0;

  /**
   * @param factor of what it was when it last counted as fallen
   * @param window steps it may take for that
   */
  constructor(
    private readonly factor: number,
    private readonly window: number,
  ) {}

  /** True once `window` steps have not brought the number below `factor` times what it was. */
  stalls(value: number, steps = 1): boolean {
    this.lag += steps;
    if (value < this.factor * this.mark) {
      this.mark = value;
      this.lag = 0;
    }
    return this.lag >= this.window;
  }
}
