import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { RuleController } from './controller.ts';
import type { EventsPorts } from './ports.ts';
import { createResources } from './resources.ts';
import { openRules } from './rule.ts';

export type { EventsPorts, PipelineStart, PushTrigger } from './ports.ts';

export interface Events {
  resources: ResourceHandlers;
  controllers: Controller[];
}

/** EventBridge's rules over the engine's own events. */
export function createEvents(context: Context, ports: EventsPorts): Events {
  const rules = openRules(context);
  return {
    resources: createResources(context, rules),
    controllers: [new RuleController(context, rules, ports)],
  };
}
