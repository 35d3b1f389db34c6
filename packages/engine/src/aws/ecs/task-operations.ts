import type { Operation } from '../../core/api.ts';
import { arn, nameOf } from '../../core/arn.ts';
import { AwsError } from '../../core/errors.ts';
import { requireCluster } from './cluster.ts';
import { type Ecs, oncePerToken } from './ecs.ts';
import { found, type Input, page, requireList, requireText } from './request.ts';
import { createTask, stopTask, type Task } from './task.ts';
import { requireActive } from './task-definition.ts';
import { taskView } from './task-view.ts';

/** ListTasks, DescribeTasks, RunTask, StopTask. */
export function taskOperations(ecs: Ecs): Record<string, Operation> {
  const inCluster = (reference: string, cluster: string): Task | undefined => {
    const task = ecs.tables.tasks.get(nameOf(reference));
    return task?.cluster === cluster ? task : undefined;
  };
  return {
    ListTasks: input => {
      const cluster = requireCluster(ecs, input.cluster).name;
      const tasks = ecs.tables.tasks
        .values()
        .filter(task => task.cluster === cluster && isListed(task, input));
      const { items, nextToken } = page(tasks, input);
      return { taskArns: items.map(task => task.arn), nextToken };
    },
    DescribeTasks: input => {
      const cluster = requireCluster(ecs, input.cluster).name;
      const { items, failures } = found(
        requireList(input.tasks, 'Tasks'),
        reference => inCluster(reference, cluster),
        reference => arn('ecs', ecs.context, `task/${cluster}/${nameOf(reference)}`),
      );
      return { tasks: items.map(task => taskView(ecs, task)), failures };
    },
    RunTask: input => runTask(ecs, input),
    StopTask: input => {
      const cluster = requireCluster(ecs, input.cluster).name;
      const task = inCluster(requireText(input.task, 'Task'), cluster);
      if (!task) throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
      stopTask(ecs, task.id, 'UserInitiated', input.reason ?? 'Task stopped by user');
      return { task: taskView(ecs, ecs.tables.tasks.get(task.id)!) };
    },
  };
}

function isListed(task: Task, input: Input): boolean {
  return (
    task.desiredStatus === (input.desiredStatus ?? 'RUNNING') &&
    (input.serviceName === undefined || task.group === `service:${nameOf(input.serviceName)}`) &&
    (input.family === undefined || nameOf(task.taskDefinition.replace(/:\d+$/, '')) === input.family) &&
    (input.startedBy === undefined || task.startedBy === input.startedBy) &&
    (input.launchType ?? 'FARGATE') === 'FARGATE'
  );
}

function runTask(ecs: Ecs, input: Input): object {
  const cluster = requireCluster(ecs, input.cluster).name;
  const taskDefinition = requireActive(ecs, input.taskDefinition);
  const count = input.count ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > 10) {
    throw new AwsError('InvalidParameterException', 'count must be from 1 to 10.');
  }
  const names = taskDefinition.definition.containerDefinitions.map(each => each.name);
  for (const { name } of input.overrides?.containerOverrides ?? []) {
    if (!names.includes(name)) {
      throw new AwsError(
        'InvalidParameterException',
        `Override for container named ${name} is not a container in the TaskDefinition.`,
      );
    }
  }
  const ids = oncePerToken(ecs, input.clientToken && `run/${input.clientToken}`, () =>
    Array.from({ length: count }, () => {
      const { id } = createTask(ecs, {
        cluster,
        group: input.group ?? `family:${taskDefinition.family}`,
        taskDefinition,
        ...(input.startedBy === undefined ? {} : { startedBy: input.startedBy }),
        overrides: input.overrides ?? {},
        tags: input.tags ?? [],
      });
      return id;
    }).join(' '),
  );
  const tasks = ids.split(' ').flatMap(id => ecs.tables.tasks.get(id) ?? []);
  return { tasks: tasks.map(task => taskView(ecs, task)), failures: [] };
}
