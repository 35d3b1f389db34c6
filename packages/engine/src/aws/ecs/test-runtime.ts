import type {
  ContainerSpec,
  ContainerStatus,
  HealthCheckRun,
  HealthCheckStatus,
  HealthChecks,
  Runtime,
} from './ports.ts';

/** Health checks in memory, which answer at once what a test says of their container, or hang until they are killed. */
class FakeChecks implements HealthChecks {
  /** Every check that was started, as `feed 1`. */
  readonly started: string[] = [];
  /** Exit codes by container; 0 unless told otherwise. */
  answers: Record<string, number | 'hangs'> = {};
  readonly #runs = new Map<string, HealthCheckStatus>();
  readonly #told: (taskId: string) => void;

  constructor(told: (taskId: string) => void) {
    this.#told = told;
  }

  async start(run: HealthCheckRun): Promise<void> {
    this.started.push(`${run.name} ${run.number}`);
    const answer = this.answers[run.name] ?? 0;
    if (answer === 'hangs') this.#runs.set(keyOf(run), { state: 'running' });
    else this.#end(run, answer);
  }
  status(run: HealthCheckRun): HealthCheckStatus {
    return this.#runs.get(keyOf(run)) ?? { state: 'unknown' };
  }
  kill(run: HealthCheckRun): void {
    if (this.status(run).state === 'running') this.#end(run, 137);
  }
  forget(run: HealthCheckRun): void {
    this.#runs.delete(keyOf(run));
  }
  #end(run: HealthCheckRun, exitCode: number): void {
    this.#runs.set(keyOf(run), { state: 'exited', exitCode, output: exitCode === 1 ? 'it is ill' : '' });
    this.#told(run.taskId);
  }
}

function keyOf({ taskId, name, number }: HealthCheckRun): string {
  return `${taskId}/${name}/${number}`;
}

/** A runtime in memory: containers run until a test, SIGKILL, or SIGTERM (for those that hear it) ends them. */
export class FakeRuntime implements Runtime {
  readonly checks = new FakeChecks(taskId => this.#listener(taskId));
  readonly started: ContainerSpec[] = [];
  readonly signals: string[] = [];
  /** Makes starting fail with this sentence. */
  refuses: string | undefined;
  hearsSigterm = true;
  readonly #containers = new Map<string, ContainerStatus>();
  #listener: (taskId: string) => void = () => {};

  async place({ ports }: { ports: number[] }) {
    const address = `127.1.0.${this.started.length + this.#containers.size + 1 + this.#placed++}`;
    return { address, ports: Object.fromEntries(ports.map(port => [port, port])) };
  }
  #placed = 0;

  async start(spec: ContainerSpec): Promise<ContainerStatus> {
    if (this.refuses) throw new Error(this.refuses);
    const key = `${spec.taskId}/${spec.name}`;
    if (!this.#containers.has(key)) {
      this.started.push(spec);
      this.#containers.set(key, { state: 'running' });
    }
    return this.status(spec.taskId, spec.name);
  }
  status(taskId: string, name: string): ContainerStatus {
    return this.#containers.get(`${taskId}/${name}`) ?? { state: 'unknown' };
  }
  signal(taskId: string, name: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.status(taskId, name).state !== 'running') return;
    this.signals.push(`${signal} ${taskId}/${name}`);
    if (signal === 'SIGKILL') this.exit(taskId, name, 137);
    else if (this.hearsSigterm) this.exit(taskId, name, 0);
  }
  exit(taskId: string, name: string, exitCode: number): void {
    this.#containers.set(`${taskId}/${name}`, { state: 'exited', exitCode });
    this.#listener(taskId);
  }
  onExit(listener: (taskId: string) => void): () => void {
    this.#listener = listener;
    return () => {};
  }
  forget(taskId: string, names: string[]): void {
    for (const name of names) this.#containers.delete(`${taskId}/${name}`);
  }
  retain(): void {}
}
