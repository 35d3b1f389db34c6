import type { Operation } from '../../core/api.ts';
import type { Ecs } from './ecs.ts';
import { page, requireText } from './request.ts';
import {
  deregisterTaskDefinition,
  registerTaskDefinition,
  requireTaskDefinition,
} from './task-definition.ts';
import { taskDefinitionView } from './views.ts';

/** Registering, showing and listing task definitions. */
export function taskDefinitionOperations(ecs: Ecs): Record<string, Operation> {
  return {
    RegisterTaskDefinition: input => {
      const taskDefinition = requireTaskDefinition(ecs, registerTaskDefinition(ecs, input));
      return { taskDefinition: taskDefinitionView(taskDefinition), tags: taskDefinition.tags };
    },
    DescribeTaskDefinition: input => {
      const taskDefinition = requireTaskDefinition(ecs, input.taskDefinition);
      const tags = (input.include ?? []).includes('TAGS') ? { tags: taskDefinition.tags } : {};
      return { taskDefinition: taskDefinitionView(taskDefinition), ...tags };
    },
    ListTaskDefinitions: input => {
      const status = input.status ?? 'ACTIVE';
      const all = ecs.tables.taskDefinitions
        .values(input.familyPrefix === undefined ? '' : `${input.familyPrefix}:`)
        .filter(each => each.status === status);
      if (input.sort === 'DESC') all.reverse();
      const { items, nextToken } = page(all, input);
      return { taskDefinitionArns: items.map(each => each.arn), nextToken };
    },
    ListTaskDefinitionFamilies: input => {
      const revisions = ecs.tables.taskDefinitions.values(input.familyPrefix ?? '');
      const { items, nextToken } = page([...new Set(revisions.map(each => each.family))], input);
      return { families: items, nextToken };
    },
    DeregisterTaskDefinition: input => ({
      taskDefinition: taskDefinitionView(
        deregisterTaskDefinition(ecs, requireText(input.taskDefinition, 'TaskDefinition')),
      ),
    }),
  };
}
