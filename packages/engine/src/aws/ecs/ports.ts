import type { ImageConfig } from '@slipway/oci';
import type { Credentials } from '../../core/credentials.ts';
import type { LogStreams } from '../../core/log-streams.ts';

/** What ECS needs of others. */
export interface EcsPorts {
  images: ImagesPort;
  targets: TargetsPort;
  runtime: Runtime;
  logs: LogStreams;
  credentials: Credentials;
  /** A URL's address on this machine, where its name is one that only the network of AWS would resolve. */
  localAddress?(url: string): string | undefined;
  /** Values of `secrets`; without it a task definition with secrets does not start. */
  secrets?: SecretsPort;
}

export interface Image {
  digest: string;
  config: ImageConfig;
  layers: { digest: string; mediaType: string; base: boolean; file: string }[];
}

/** The registry. Rejects with a sentence when there is no such image. */
export interface ImagesPort {
  resolveImage(reference: string): Promise<Image>;
}

export interface Target {
  address: string;
  port: number;
}

export interface TargetHealth extends Target {
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';
  reason?: string;
  /** For instance `Health checks failed with these codes: [500]`. */
  description?: string;
}

/** Target groups. Both changes may be asked for again after a crash. */
export interface TargetsPort {
  registerTarget(targetGroupArn: string, target: Target): void;
  /** Begins to drain; the target is gone from `targetHealth` when that is over. */
  deregisterTarget(targetGroupArn: string, target: Target): void;
  /** Empty for a target group that is not there. */
  targetHealth(targetGroupArn: string): TargetHealth[];
}

export interface SecretsPort {
  /** The value behind an ARN or parameter name, read as the task's execution role. */
  value(valueFrom: string, roleArn: string | undefined): Promise<string>;
}

/** Where a task is reached: an address of this machine, and the port there by container port. */
export interface Placement {
  address: string;
  ports: Record<string, number>;
}

export interface ContainerSpec {
  taskId: string;
  name: string;
  placement: Placement;
  image: Image;
  entryPoint?: string[];
  command?: string[];
  workingDirectory?: string;
  /** Over the image's own environment; the runtime adds `HOST` and, where it must, changes `PORT`. */
  environment: Record<string, string>;
  /** The file that output is appended to. */
  output: string;
  memoryMiB?: number;
  /** `CMD` and words, or `CMD-SHELL` and a line for the shell. */
  healthCheck?: string[];
}

export type ContainerStatus =
  | { state: 'unknown' }
  | { state: 'running' }
  | { state: 'exited'; exitCode?: number; reason?: string };

/** One run of a container's health check; the number tells it from the others of the container. */
export interface HealthCheckRun {
  taskId: string;
  name: string;
  number: number;
}

export type HealthCheckStatus =
  | { state: 'unknown' }
  | { state: 'running' }
  /** `output` is the end of what the check wrote. */
  | { state: 'exited'; exitCode?: number; output: string };

/** Health checks inside containers that run. The end of one is told as an exit of its task. */
export interface HealthChecks {
  /** Once per number, whatever crashes in between. Rejects with a sentence when it cannot be started. */
  start(run: HealthCheckRun): Promise<void>;
  status(run: HealthCheckRun): HealthCheckStatus;
  kill(run: HealthCheckRun): void;
  /** Removes what a check left that has ended. */
  forget(run: HealthCheckRun): void;
}

/** What carries tasks: processes of this machine, or containers of a Docker daemon. They outlive the engine. */
export interface Runtime {
  /** Chooses where a task is reached; ECS keeps it and tells `taken` the addresses of the other tasks. */
  place(request: { ports: number[]; taken: Iterable<string> }): Promise<Placement>;
  /** Once per task and name, whatever crashes in between. Rejects with a sentence when it cannot be started. */
  start(container: ContainerSpec): Promise<ContainerStatus>;
  status(taskId: string, name: string): ContainerStatus;
  readonly checks: HealthChecks;
  /** Nothing happens when the container is gone. */
  signal(taskId: string, name: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Calls `listener` when a container of a task, or a health check in it, has exited, also one of an earlier engine. */
  onExit(listener: (taskId: string) => void): () => void;
  /** Removes what a stopped task left, its output excepted. */
  forget(taskId: string, names: string[]): void;
  /** Ends containers of tasks that are not among these. */
  retain(taskIds: Iterable<string>): void;
}
