import type { Target, TargetHealth } from './ports.ts';

/** Target groups in memory whose targets are what a test says: healthy at once unless told otherwise. */
export class FakeTargets {
  readonly log: string[] = [];
  becomes: TargetHealth['state'] = 'healthy';
  /** Draining ends at once, or when `drained` is called. */
  drainsAtOnce = true;
  #groups = new Map<string, TargetHealth[]>();

  registerTarget(group: string, target: Target): void {
    if (group.includes('missing')) throw new Error('Target groups not found');
    this.log.push(`register ${target.address}:${target.port}`);
    const others = this.targetHealth(group).filter(each => each.address !== target.address);
    this.#groups.set(group, [...others, { ...target, state: this.becomes }]);
  }
  deregisterTarget(group: string, target: Target): void {
    this.log.push(`deregister ${target.address}:${target.port}`);
    this.#change(group, each => (each.address === target.address ? { ...each, state: 'draining' } : each));
    if (this.drainsAtOnce) this.drained();
  }
  drained(): void {
    for (const [group, all] of this.#groups) {
      this.#groups.set(
        group,
        all.filter(each => each.state !== 'draining'),
      );
    }
  }
  set(group: string, state: TargetHealth['state'], description?: string): void {
    this.#change(group, ({ description: _, ...each }) => ({
      ...each,
      state,
      ...(description !== undefined && { description }),
    }));
  }
  targetHealth(group: string): TargetHealth[] {
    return this.#groups.get(group) ?? [];
  }
  #change(group: string, change: (each: TargetHealth) => TargetHealth): void {
    this.#groups.set(group, this.targetHealth(group).map(change));
  }
}
