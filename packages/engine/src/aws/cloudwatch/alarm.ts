import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';
import type { Table } from '../../core/store.ts';
import { isWatched } from './watch.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export const STATES: readonly string[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

export interface Alarm {
  name: string;
  arn: string;
  state: AlarmState;
  reason: string;
  reasonData?: string;
  /** Epoch milliseconds. */
  stateUpdated: number;
  configurationUpdated: number;
  /** As the template writes them. */
  properties: Properties;
  madeBy: string;
}

/** The alarms of one account and region. */
export class Alarms {
  readonly #context: Context;
  readonly #table: Table<Alarm>;
  /** Those that are evaluated, so that looking for work reads few rows. */
  readonly #watched: Table<true>;

  constructor(context: Context) {
    this.#context = context;
    this.#table = context.store.table('cloudwatch_alarms');
    this.#watched = context.store.table('cloudwatch_watched');
  }

  get(name: string): Alarm | undefined {
    return this.#table.get(name);
  }

  all(): Alarm[] {
    return this.#table.values();
  }

  /** Names of the alarms on metrics that services write. */
  watched(): string[] {
    return this.#watched.keys();
  }

  /** Makes an alarm or changes what it watches; its state stays. A new one has no data. */
  put(name: string, properties: Properties, madeBy: string): Alarm {
    const existing = this.#table.get(name);
    const now = this.#context.clock.now();
    const fine = properties.TreatMissingData === 'notBreaching';
    const alarm: Alarm = {
      state: fine ? 'OK' : 'INSUFFICIENT_DATA',
      reason: fine
        ? 'No data: missing data is treated as not breaching'
        : 'Unchecked: Initial alarm creation',
      stateUpdated: now,
      ...existing,
      name,
      arn: arn('cloudwatch', this.#context, `alarm:${name}`),
      configurationUpdated: now,
      properties,
      madeBy: existing?.madeBy ?? madeBy,
    };
    this.#context.store.transaction(() => {
      this.#table.put(name, alarm);
      if (isWatched(properties)) this.#watched.put(name, true);
      else this.#watched.delete(name);
    });
    return alarm;
  }

  delete(name: string): void {
    this.#table.delete(name);
    this.#watched.delete(name);
  }

  /** Sets the state until it is set again. Throws ResourceNotFound. */
  setState(name: string, state: AlarmState, reason: string, reasonData?: string): void {
    const before = this.#table.get(name);
    if (!before) throw new AwsError('ResourceNotFound', `Alarm ${name} does not exist`, 404);
    const { reasonData: _old, ...rest } = before;
    const alarm: Alarm = {
      ...rest,
      state,
      reason,
      stateUpdated: this.#context.clock.now(),
      ...(reasonData === undefined ? {} : { reasonData }),
    };
    this.#context.store.transaction(() => {
      this.#table.put(name, alarm);
      if (before.state !== state) this.#tell(alarm, before);
    });
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
  #tell(alarm: Alarm, before: Alarm): void {
    const stateOf = ({ state, reason, reasonData, stateUpdated }: Alarm): object => ({
      value: state,
      reason,
      timestamp: new Date(stateUpdated).toISOString(),
      ...(reasonData === undefined ? {} : { reasonData }),
    });
    this.#context.store.events.append({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [alarm.arn],
      detail: {
        alarmName: alarm.name,
        state: stateOf(alarm),
        previousState: stateOf(before),
        configuration: { description: alarm.properties.AlarmDescription ?? '', metrics: [] },
      },
    });
  }
}
