import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import type { RecordedEvent } from '../../core/events.ts';
import type { Table } from '../../core/store.ts';
import { matches } from './pattern.ts';
import type { EventsPorts } from './ports.ts';
import { type Rule, ruleOfTrigger, type Target } from './rule.ts';

const KEY = 'default';
const BATCH = 500;

/**
 * Reads the event log from a kept position and does what the rules say, at least once for each event; the token that
 * a target gets is made of the event's number, so that a second time does nothing. The position is written only after
 * an event that matched: those that match nothing may be looked at again after a crash.
 */
export class RuleController implements Controller {
  readonly name = 'event rules';
  readonly #context: Context;
  readonly #rules: Table<Rule>;
  readonly #ports: EventsPorts;
  readonly #cursors: Table<number>;
  #position: number;

  constructor(context: Context, rules: Table<Rule>, ports: EventsPorts) {
    this.#context = context;
    this.#rules = rules;
    this.#ports = ports;
    this.#cursors = context.store.table('events_cursors');
    this.#position = this.#cursors.get(KEY) ?? 0;
  }

  active(): Iterable<string> {
    return this.#context.store.events.last() > this.#position ? [KEY] : [];
  }

  async step(): Promise<void> {
    const triggers = this.#ports.pushTriggers().map(ruleOfTrigger);
    const rules = [...this.#rules.values().filter(rule => rule.enabled), ...triggers];
    const { events } = this.#context.store;
    const start = Math.min(events.last(), ...rules.map(rule => rule.since));
    this.#position = Math.max(this.#position, start);
    for (
      let batch = events.after(this.#position, BATCH);
      batch.length > 0;
      batch = events.after(this.#position, BATCH)
    ) {
      for (const event of batch) {
        const hit = rules.filter(rule => rule.since < event.seq && matches(rule.pattern, this.#whole(event)));
        for (const rule of hit) for (const target of rule.targets) await this.#invoke(rule, target, event);
        if (hit.length > 0) this.#cursors.put(KEY, event.seq);
        this.#position = event.seq;
      }
    }
  }

  async #invoke(rule: Rule, target: Target, event: RecordedEvent): Promise<void> {
    const token = `${rule.name}/${target.id}/${event.seq}`;
    try {
      await this.#ports.startPipelineExecution({ token, pipelineArn: target.arn, ruleArn: rule.arn, event });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#context.log(`rule ${rule.name}: starting ${target.arn}: ${error.message}`);
    }
  }

  /** The event with the envelope that EventBridge gives it. */
  #whole({ seq, ...event }: RecordedEvent): object {
    const { account, region } = this.#context;
    return { version: '0', id: String(seq), account, region, ...event };
  }
}
