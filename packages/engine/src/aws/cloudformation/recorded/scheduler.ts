import { arn } from '../../../core/arn.ts';
import { nameFrom, type RecordedTypes, string } from './record.ts';

/** What is run at certain times: nobody looks at the clock here; `slipway run` starts a task by hand. */
export const scheduler: RecordedTypes = {
  'AWS::Scheduler::ScheduleGroup': {
    physicalId: nameFrom('Name'),
    attributes: ({ stack }, id) => ({
      Arn: arn('scheduler', stack, `schedule-group/${id}`),
      State: 'ACTIVE',
    }),
    replacedBy: ['Name'],
  },
  'AWS::Scheduler::Schedule': {
    physicalId: nameFrom('Name'),
    attributes: ({ properties, stack }, id) => ({
      Arn: arn('scheduler', stack, `schedule/${string(properties, 'GroupName') ?? 'default'}/${id}`),
    }),
    notCarriedOut: 'schedules: nothing is started at its time',
    replacedBy: ['Name', 'GroupName'],
  },
};
