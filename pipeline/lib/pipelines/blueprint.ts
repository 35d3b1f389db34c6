import { type Contract, type Environments, generatedSecrets } from '@slipway/contract';
import type { Names, Spot } from '../names.ts';
import { isHome, otherAccountsOf, regionsOf, spotsOf } from '../spots.ts';
import type {
  Action,
  BlueGreenAction,
  BuildAction,
  FunctionAction,
  PipelineBlueprint,
  SourceAction,
  StackAction,
  Stage,
} from './stage.ts';
import { visit, visitChanged } from './waves.ts';

/** CodePipeline's limit of actions in a stage: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const ACTIONS_PER_STAGE = 50;

/**
 * The platform pipeline: every push enters here. A team that changes its contract asks nobody: the environments are
 * visited, and their approval asked for, only when the platform itself changes.
 *
 * A service whose contract is malformed has no action here: CloudFormation then leaves its pipeline stack as it
 * is, so the service stays live; plan, check and the service's own next build tell the problem. (An action for it would have no
 * template and would hold back every other service; nothing here ever deletes a stack.)
 */
export function platformBlueprint(
  names: Names,
  environments: Environments,
  services: readonly Pick<Contract, 'name'>[],
): PipelineBlueprint {
  const { roles, ...platform } = names.platform;
  const stack = (name: string, runOrder: number, stack: string): StackAction => ({
    ...{ kind: 'stack', name, runOrder, role: roles.deploy, executionRole: roles.cloudFormation },
    ...{ stack, input: 'Assembly' },
  });
  const build = (name: string, project: string): BuildAction => ({
    ...{ kind: 'build', name, runOrder: 1, role: roles.start, project, input: 'Source', outputs: [] },
    variables: { COMMIT: '#{Source.CommitId}' },
  });
  const release = build('Release', platform.release);
  const at = (spot: Spot) => (isHome(environments, spot) ? {} : { at: spot });
  const [, ...elsewhere] = spotsOf(environments);
  const [, ...furtherRegions] = regionsOf(environments);
  const changed = (part: 'DEFINITION' | 'PLATFORM') => ({
    ...{ variable: `#{Plan.${part}}`, equals: 'changed' },
  });

  return {
    name: platform.pipeline,
    restartOnUpdate: true,
    startedBy: 'push',
    variables: {},
    stages: supersedeBeforeApprovals({ names, pipeline: platform.pipeline, role: roles.start }, [
      { name: 'Source', actions: [source(roles.source)] },
      { name: 'Plan', actions: [{ ...build('Plan', platform.plan), namespace: 'Plan' }] },
      ...[
        { name: 'Check', actions: [{ ...build('Check', platform.check), outputs: ['Assembly'] }] },
        {
          name: 'SelfMutate',
          actions: [
            stack('Tooling', 1, names.stacks.tooling),
            // Their roles trust those of the tooling at home, which must be there.
            ...elsewhere.map(spot => ({
              ...stack(`Tooling-${spot.account}-${spot.region}`, 2, names.stacks.toolingAt(spot)),
              ...at(spot),
            })),
            stack('Pipeline', elsewhere.length === 0 ? 2 : 3, names.stacks.platformPipeline),
          ],
        },
        ...visit(environments, 'Let the platform change', env => [
          stack('Network', 1, names.stacks.network(env)),
          stack('Cluster', 2, names.stacks.cluster(env)),
        ]).map(({ places: _, ...stage }) => ({ ...stage, onlyIf: changed('PLATFORM') })),
        ...pipelineStages(
          services.map(({ name }) => [
            stack(`Images-${name}`, 1, names.stacks.images(name)),
            ...furtherRegions.map(region => ({
              ...stack(`Images-${name}-${region}`, 1, names.stacks.imagesAt(name, region)),
              at: { account: environments.account, region },
            })),
            ...otherAccountsOf(environments).map(account => ({
              ...stack(`Roles-${name}-${account}`, 1, names.stacks.roles(name, account)),
              at: spotsOf(environments).find(spot => spot.account === account)!,
            })),
            stack(name, 2, names.stacks.pipeline(name)),
          ]),
          [stack('Definition', 3, names.stacks.definition)],
        ),
        { name: 'Release', actions: [release] },
      ].map(stage => ({ onlyIf: changed('DEFINITION'), ...stage })),
    ]),
  };
}

/** The delivery pipeline of one service: only its own red holds it back. */
export function deliveryBlueprint(
  names: Names,
  environments: Environments,
  service: Pick<Contract, 'name' | 'team' | 'tables' | 'buckets' | 'secrets' | 'containers' | 'deployment'>,
): PipelineBlueprint {
  const { roles, ...own } = names.service(service.name);
  const build: BuildAction = {
    ...{ kind: 'build', name: 'Build', runOrder: 1, role: roles.start, project: own.build, input: 'Source' },
    ...{ outputs: ['Templates', 'Release'], namespace: 'Build' },
    variables: { COMMIT: '#{Source.CommitId}', EXECUTION: '#{codepipeline.PipelineExecutionId}' },
  };
  const question = `Release ${service.name} to`;

  return {
    name: own.pipeline,
    restartOnUpdate: false,
    variables: {
      CONTENT: { description: 'Hash of what is released, told by whoever starts it', default: 'unknown' },
    },
    stages: supersedeBeforeApprovals({ names, pipeline: own.pipeline, role: roles.start }, [
      { name: 'Source', actions: [source(roles.source)] },
      { name: 'Build', actions: [build] },
      ...visitChanged(environments, question, env => {
        const deployed = names.deployed(service.name, env);
        const stack = (name: string, runOrder: number, stack: string): StackAction => ({
          ...{ kind: 'stack', name, runOrder, stack, input: 'Templates' },
          ...{ role: deployed.roles.deploy, executionRole: deployed.roles.cloudFormation },
        });
        const data = hasData(service) ? [stack('Data', 1, names.stacks.data(service.name, env))] : [];
        if (service.deployment.controller === 'codedeploy') {
          const blueGreen: BlueGreenAction = {
            ...{ kind: 'blue-green', name: 'BlueGreen', runOrder: 3, role: deployed.roles.release },
            ...{ application: deployed.application, input: 'Release', folder: env },
          };
          return [...data, stack('Service', 2, names.stacks.service(service.name, env)), blueGreen];
        }
        const rollout = (step: 'prepare' | 'release', name: string, runOrder: number): FunctionAction => ({
          ...{ kind: 'function', name, runOrder, role: roles.start, function: names.rollout.name },
          ...{ input: 'Release', parameters: rolloutParameters(names, service, env, step) },
        });
        return [
          ...data,
          rollout('prepare', 'Prepare', 2),
          stack('Service', 3, names.stacks.service(service.name, env)),
          rollout('release', 'Rollout', 4),
        ];
      }),
    ]),
  };
}

/** What the function `rollout` is told; it works with the release role of this service and place. */
function rolloutParameters(
  names: Names,
  service: Pick<Contract, 'name' | 'deployment'>,
  environment: string,
  step: 'prepare' | 'release',
): Record<string, string> {
  const { family, blue, roles } = names.deployed(service.name, environment);
  const { strategy } = service.deployment;
  const { region, roleArn } = names.atPlace(environment);
  return {
    ...{ step, service: service.name, region, cluster: names.cluster(environment) },
    ...{ family, blue, strategy, role: roleArn(roles.release), folder: environment },
  };
}

/** The stacks that actions deploy at a spot. */
export function stacksAt(names: Names, actions: readonly Action[]): string[] {
  return actions.flatMap(action => {
    if (action.kind !== 'stack') return [];
    const { account, region } = action.at ?? names.origin;
    return account === names.account && region === names.region ? [action.stack] : [];
  });
}

/** A stack needs at least one resource: a service that keeps nothing has no data stack. */
export function hasData(service: Pick<Contract, 'tables' | 'buckets' | 'secrets' | 'containers'>): boolean {
  const kept = [
    ...Object.keys(service.tables),
    ...Object.keys(service.buckets),
    ...generatedSecrets(service),
  ];
  return kept.length > 0;
}

function source(role: string): SourceAction {
  return { kind: 'source', name: 'Source', runOrder: 1, role, output: 'Source', namespace: 'Source' };
}

/**
 * Newest wins: before an execution comes to an approval, the approvals that older ones still wait for are rejected. It
 * happens in the stage before, since an older one holds the stage of the approval.
 */
function supersedeBeforeApprovals(
  { names, pipeline, role }: { names: Names; pipeline: string; role: string },
  stages: readonly Stage[],
): Stage[] {
  return stages.map((stage, index) => {
    const asks = stages[index + 1]?.actions.some(action => action.kind === 'approval') ?? false;
    if (!asks) return stage;
    const supersede: FunctionAction = {
      ...{ kind: 'function', name: 'Supersede', role, function: names.supersede.name },
      runOrder: Math.max(...stage.actions.map(action => action.runOrder)) + 1,
      parameters: {
        pipeline,
        execution: '#{codepipeline.PipelineExecutionId}',
        commit: '#{Source.CommitId}',
      },
    };
    return { ...stage, actions: [...stage.actions, supersede] };
  });
}

/** The actions of a service stay in one stage. */
function pipelineStages(
  services: readonly (readonly StackAction[])[],
  last: readonly StackAction[],
): Stage[] {
  const size = Math.floor((ACTIONS_PER_STAGE - last.length) / (services[0]?.length ?? 1));
  const count = Math.max(1, Math.ceil(services.length / size));
  return Array.from({ length: count }, (_, index) => ({
    name: index === 0 ? 'Pipelines' : `Pipelines${index + 1}`,
    actions: [
      ...services.slice(index * size, (index + 1) * size).flat(),
      ...(index === count - 1 ? last : []),
    ],
  }));
}
