/** Labels that would lie on one another. */

interface Block { members: number[]; centre: number }

/** The values moved as little as it takes to stand at least `gap` apart, in their order, and none below `least`. */
export function spread(values: number[], gap: number, least = -Infinity): number[] {
  const reach = (block: Block): number => (gap * (block.members.length - 1)) / 2;
  const blocks: Block[] = [];
  for (const i of values.map((_, k) => k).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))) {
    let block: Block = { members: [i], centre: values[i] ?? 0 };
    for (let below = blocks.at(-1); below && block.centre - reach(block) < below.centre + reach(below) + gap; below = blocks.at(-1)) {
      blocks.pop();
      const members = [...below.members, ...block.members];
      block = { members, centre: (below.centre * below.members.length + block.centre * block.members.length) / members.length };
    }
    blocks.push(block);
  }
  const moved = [...values];
  let floor = least;
  for (const block of blocks) block.members.forEach((i, k) => {
    moved[i] = Math.max(floor, block.centre - reach(block) + gap * k);
    floor = (moved[i] ?? floor) + gap;
  });
  return moved;
}
