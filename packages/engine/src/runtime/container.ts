import type { ImageConfig } from '@slipway/oci';

/** An image as the registry resolved it. Layers lowest first; those of the base are not unpacked. */
export interface Image {
  digest: string;
  config: ImageConfig;
  /** `file` is the path of the blob. */
  layers: { digest: string; mediaType: string; base: boolean; file: string }[];
}

/** Where a task is reached. */
export interface Placement {
  /** The loopback address that the task's containers listen on (`HOST`). */
  address: string;
  /** Port at that address by container port; another one means that `PORT` is overridden. */
  ports: Record<string, number>;
}

/** A container of a task as the task definition and its overrides ask for it. */
export interface ContainerSpec {
  taskId: string;
  name: string;
  placement: Placement;
  image: Image;
  /** As in ECS: given means that the image's ENTRYPOINT (and with it its CMD) is not used. */
  entryPoint?: string[];
  command?: string[];
  workingDirectory?: string;
  /** Task definition's, then the engine's own (credentials, metadata); over the image's. */
  environment: Record<string, string>;
  /** The file that stdout and stderr are appended to. */
  output: string;
  /** Above this resident memory the container is killed. */
  memoryMiB?: number;
  /** `CMD` and words, or `CMD-SHELL` and a line for the shell. */
  healthCheck?: string[];
}

export type ContainerStatus =
  | { state: 'unknown' }
  | { state: 'running' }
  /** `exitCode` as in Docker; `reason` when the runtime itself ended it. */
  | { state: 'exited'; exitCode?: number; reason?: string };
