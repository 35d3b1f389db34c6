/** Memory sizes in MiB that Fargate offers for each CPU size: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
export const FARGATE_SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16384, 1024)],
  [4096, steps(8192, 30720, 1024)],
  [8192, steps(16384, 61440, 4096)],
  [16384, steps(32768, 122880, 8192)],
]);

/** What is wrong with a pair of sizes, or `undefined`. A CPU size that is not offered is told elsewhere. */
export function memoryFault(cpu: number, memory: number): string | undefined {
  const sizes = FARGATE_SIZES.get(cpu);
  if (sizes === undefined || sizes.includes(memory)) return undefined;
  return `must be what Fargate offers with cpu ${cpu}: ${sizes.join(', ')}`;
}

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by);
}
