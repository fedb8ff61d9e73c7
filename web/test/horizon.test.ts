import { describe, expect, it } from "vitest";
import { difference_words, longer_by, mean_words, most_rounds, still_goes_on } from "../src/horizon";

// A war that ends with probability 1/2 a month: reached 1, 1/2, 1/4, ...
const halving = (months: number): { mean: number; reached: number[]; unfinished: number } => {
  const reached = Array.from({ length: months }, (_, t) => 0.5 ** t);
  return { mean: 2 - 0.5 ** (months - 1), reached: [...reached, 0], unfinished: 0.5 ** months };
};

describe("still_goes_on", () => {
  it("does not end the war because the horizon ends the game", () => {
    expect(still_goes_on([1, 0.5, 0.25, 0], 0.125)).toEqual([1, 0.5, 0.25, 0.125]);
    // Rounding leaves a trace of a round that cannot be played.
    expect(still_goes_on([1, 0.5, 0.25, 3e-17], 0.125)).toEqual([1, 0.5, 0.25, 0.125]);
    expect(still_goes_on([1, 0.5, 0.25], 0.125)).toEqual([1, 0.5, 0.25, 0.125]);
  });

  it("leaves alone a war that does end", () => {
    expect(still_goes_on([1, 0.5, 0], 0)).toEqual([1, 0.5, 0]);
  });
});

describe("longer_by", () => {
  it("finds no difference between the same war over two horizons", () => {
    const found = longer_by(halving(3), halving(6));
    expect(found.within).toBe(3);
    expect(found.difference).toBeCloseTo(0, 12);
    expect(halving(3).mean).not.toBeCloseTo(halving(6).mean, 2);
    expect(longer_by(halving(6), halving(3)).difference).toBeCloseTo(0, 12);
  });

  it("is the difference of means where both last equally long", () => {
    expect(longer_by({ ...halving(4), mean: 2.5 }, halving(4))).toEqual({ difference: 2.5 - halving(4).mean, within: null });
    const ended = { mean: 1.5, reached: [1, 0.5], unfinished: 0 };
    expect(longer_by(ended, ended)).toEqual({ difference: 0, within: null });
    expect(most_rounds(ended)).toBeNull();
  });

  it("says over how many rounds", () => {
    expect(difference_words(halving(3), halving(6), "month")).toBe("+0.0 over 3 months");
    expect(mean_words(halving(3), halving(6))).toBe("1.8 of at most 3");
    expect(mean_words(halving(6), halving(6))).toBe("2.0");
  });
});
