import { describe, expect, it } from "vitest";
import { whole_rounds } from "../src/look";
import { spread } from "../src/spread";

const gaps = (values: number[]): number[] => [...values].sort((a, b) => a - b).slice(1).map((x, i) => x - ([...values].sort((a, b) => a - b)[i] ?? 0));

describe("whole_rounds", () => {
  it("names whole rounds only, the first among them, about as many as asked for", () => {
    expect(whole_rounds(2, 4)).toEqual([1, 2]);
    expect(whole_rounds(13, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(whole_rounds(13, 4)).toEqual([1, 4, 7, 10, 13]);
    expect(whole_rounds(1, 4)).toEqual([1]);
  });
});

describe("spread", () => {
  it("leaves values alone that stand far enough apart", () => {
    expect(spread([0.9, 0.1, 0.5], 0.1)).toEqual([0.9, 0.1, 0.5]);
  });

  it("parts crowded values by the gap, in their order, about their middle", () => {
    const moved = spread([0.51, 0.5, 0.52, 0.1], 0.1);
    for (const gap of gaps(moved)) expect(gap).toBeGreaterThanOrEqual(0.1 - 1e-12);
    expect(moved.map((_, i) => i).sort((a, b) => (moved[a] ?? 0) - (moved[b] ?? 0))).toEqual([3, 1, 0, 2]);
    expect(((moved[0] ?? 0) + (moved[1] ?? 0) + (moved[2] ?? 0)) / 3).toBeCloseTo(0.51, 12);
    expect(moved[3]).toBe(0.1);
  });

  it("parts equal values", () => {
    for (const gap of gaps(spread([0.3, 0.3, 0.3], 0.05))) expect(gap).toBeCloseTo(0.05, 12);
  });

  it("lets a crowd that grows push its neighbour too", () => {
    for (const gap of gaps(spread([0.5, 0.5, 0.5, 0.58], 0.05))) expect(gap).toBeGreaterThanOrEqual(0.05 - 1e-12);
  });

  it("keeps a crowd above the least allowed, still in order and apart", () => {
    const moved = spread([0.02, 0.01, 0.9, 0.03], 0.1, 0);
    expect(Math.min(...moved)).toBe(0);
    for (const gap of gaps(moved)) expect(gap).toBeGreaterThanOrEqual(0.1 - 1e-12);
    expect(moved.map((_, i) => i).sort((a, b) => (moved[a] ?? 0) - (moved[b] ?? 0))).toEqual([1, 0, 3, 2]);
    expect(moved[2]).toBe(0.9);
  });
});
