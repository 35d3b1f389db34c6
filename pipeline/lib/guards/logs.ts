import type { Guard } from './finding.ts';
import { find, type Properties } from './synthesized.ts';

/** Logs that nobody limits are kept, and paid for, for ever. */
export const logGuards: readonly Guard[] = [
  {
    id: 'log-retention',
    check: synthesized =>
      find(synthesized, 'AWS::Logs::LogGroup')
        .filter(({ properties }) => properties.RetentionInDays === undefined)
        .map(found => ({
          ...found,
          message: 'keeps its logs for ever: set RetentionInDays, as from the environment',
        })),
  },
  {
    id: 'log-group-made-by-use',
    check: synthesized => [
      ...find(synthesized, 'AWS::Lambda::Function')
        .filter(({ properties }) => properties.LoggingConfig?.LogGroup === undefined)
        .map(found => ({ ...found, message: MADE })),
      ...find(synthesized, 'AWS::CodeBuild::Project')
        .filter(({ properties: { LogsConfig } }) => {
          const logs: Properties = LogsConfig?.CloudWatchLogs ?? {};
          return logs.GroupName === undefined && logs.Status !== 'DISABLED';
        })
        .map(found => ({ ...found, message: MADE })),
      ...find(synthesized, 'AWS::ECS::TaskDefinition')
        .filter(({ properties: { ContainerDefinitions = [] } }) =>
          (ContainerDefinitions as Properties[]).some(
            ({ LogConfiguration }) => LogConfiguration?.Options?.['awslogs-create-group'] !== undefined,
          ),
        )
        .map(found => ({ ...found, message: MADE })),
    ],
  },
];

const MADE =
  'writes to a log group that is made when it is first used, and kept for ever: make an AWS::Logs::LogGroup with RetentionInDays and name that';
