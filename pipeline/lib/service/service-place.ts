import type { Contract, Environment } from '@slipway/contract';
import type { Names } from '../names.ts';

/** One service in one environment: what every part of its stack follows from. */
export interface ServicePlace {
  readonly names: Names;
  readonly environment: Environment;
  readonly service: Contract;
  readonly architecture: string;
}
