import { asRecord, asText, asTextRecord, asTexts } from './descriptor.ts';
import { type Digest, parseDigest } from './digest.ts';
import { OciError } from './errors.ts';

/** How a container starts; field names as in the image specification, times in nanoseconds as Docker writes them. */
export interface ContainerConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, Readonly<Record<string, never>>>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly Healthcheck?: Healthcheck;
}

export interface Healthcheck {
  readonly Test: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  readonly author?: string;
  readonly empty_layer?: boolean;
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  readonly created?: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly os: string;
  readonly config?: ContainerConfig;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  readonly history?: readonly HistoryEntry[];
}

/** Reads an image config that came from outside; unknown fields are dropped. Throws CONFIG_INVALID. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  try {
    return readConfig(asRecord(JSON.parse(Buffer.from(bytes).toString('utf8')), 'config'));
  } catch (error) {
    throw new OciError('CONFIG_INVALID', error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

function readConfig(fields: Record<string, unknown>): ImageConfig {
  const rootfs = asRecord(fields.rootfs, 'config.rootfs');
  if (rootfs.type !== 'layers') throw new OciError('CONFIG_INVALID', 'config.rootfs.type is not "layers"');
  return {
    ...optional('created', fields.created, asText),
    architecture: asText(fields.architecture, 'config.architecture'),
    ...optional('variant', fields.variant, asText),
    os: asText(fields.os, 'config.os'),
    ...optional('config', fields.config, readContainerConfig),
    rootfs: { type: 'layers', diff_ids: asTexts(rootfs.diff_ids, 'config.rootfs.diff_ids').map(parseDigest) },
    ...optional('history', fields.history, readHistory),
  };
}

function readContainerConfig(value: unknown, where: string): ContainerConfig {
  const fields = asRecord(value, where);
  return {
    ...optional('User', fields.User, asText),
    ...optional('ExposedPorts', fields.ExposedPorts, readPorts),
    ...optional('Env', fields.Env, asTexts),
    ...optional('Entrypoint', fields.Entrypoint, asTexts),
    ...optional('Cmd', fields.Cmd, asTexts),
    ...optional('WorkingDir', fields.WorkingDir, asText),
    ...optional('Labels', fields.Labels, asTextRecord),
    ...optional('StopSignal', fields.StopSignal, asText),
    ...optional('Healthcheck', fields.Healthcheck, readHealthcheck),
  };
}

function readPorts(value: unknown, where: string): Record<string, Record<string, never>> {
  return Object.fromEntries(Object.keys(asRecord(value, where)).map(port => [port, {}]));
}

function readHealthcheck(value: unknown, where: string): Healthcheck {
  const fields = asRecord(value, where);
  return {
    Test: fields.Test === undefined || fields.Test === null ? [] : asTexts(fields.Test, `${where}.Test`),
    ...optional('Interval', fields.Interval, asCount),
    ...optional('Timeout', fields.Timeout, asCount),
    ...optional('StartPeriod', fields.StartPeriod, asCount),
    ...optional('StartInterval', fields.StartInterval, asCount),
    ...optional('Retries', fields.Retries, asCount),
  };
}

function readHistory(value: unknown, where: string): HistoryEntry[] {
  if (!Array.isArray(value)) throw new OciError('CONFIG_INVALID', `${where} is not a list`);
  return value.map((item, index) => {
    const fields = asRecord(item, `${where}[${index}]`);
    return {
      ...optional('created', fields.created, asText),
      ...optional('created_by', fields.created_by, asText),
      ...optional('comment', fields.comment, asText),
      ...optional('author', fields.author, asText),
      ...(fields.empty_layer === true ? { empty_layer: true } : {}),
    };
  });
}

function asCount(value: unknown, where: string): number {
  if (!Number.isSafeInteger(value)) throw new OciError('CONFIG_INVALID', `${where} is not a whole number`);
  return value as number;
}

function optional<K extends string, T>(
  key: K,
  value: unknown,
  read: (value: unknown, where: string) => T,
): { [key in K]?: T } {
  if (value === undefined || value === null) return {};
  return { [key]: read(value, `config.${key}`) } as { [key in K]?: T };
}
