import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import { stateChange } from './events.ts';
import type { ArtifactLocation, Build, Tables, Variable } from './tables.ts';

export interface BuildRequest {
  /** The same token is the same build. */
  token: string;
  project: string;
  /** The commit that the primary input stems from. */
  sourceVersion: string;
  /** The first is the primary source, unless `primarySource` names another. */
  inputs: ArtifactLocation[];
  primarySource?: string;
  outputs: ArtifactLocation[];
  environment: { name: string; value: string; type?: Variable['type'] }[];
  /** For instance `codepipeline/slipway-news`. */
  initiator: string;
}

/** Writes a new build down, to be begun by the controller. Returns its id. Throws AwsError. */
export function startBuild(context: Context, tables: Tables, request: BuildRequest): string {
  const known = tables.tokens.get(request.token);
  if (known !== undefined) return known;
  const definition = tables.projects.get(request.project);
  if (!definition)
    throw new AwsError('ResourceNotFoundException', `Project cannot be found: ${request.project}`);
  const inputs = primaryFirst(request);
  if (definition.sourceType === 'CODEPIPELINE' && inputs.length === 0) {
    throw new AwsError('InvalidInputException', `${definition.name} takes its source from a pipeline only`);
  }
  if (definition.sourceType === 'CODECOMMIT')
    throw new AwsError(
      'InvalidInputException',
      `${definition.name} takes its source from a repository, which is not carried out locally`,
    );
  const odd = [...inputs, ...request.outputs].find(({ name }) => !/^[A-Za-z0-9_-]{1,100}$/.test(name));
  if (odd) throw new AwsError('InvalidInputException', `"${odd.name}" is not the name of an artifact`);
  return context.store.transaction(() => {
    const uuid = context.ids.uuid();
    const id = `${definition.name}:${uuid}`;
    const now = context.clock.now();
    const prefix = definition.logStreamPrefix === undefined ? '' : `${definition.logStreamPrefix}/`;
    const build: Build = {
      id,
      arn: arn('codebuild', context, `build/${id}`),
      project: definition.name,
      number: next(tables, definition.name),
      order: next(tables, '*'),
      definition,
      sourceVersion: request.sourceVersion,
      inputs,
      outputs: request.outputs,
      variables: request.environment.map(variable => ({ type: 'PLAINTEXT', ...variable })),
      initiator: request.initiator,
      status: 'IN_PROGRESS',
      phase: 'QUEUED',
      phases: [
        { type: 'SUBMITTED', start: now, end: now, status: 'SUCCEEDED' },
        { type: 'QUEUED', start: now },
      ],
      start: now,
      log: { group: definition.logGroup, stream: `${prefix}${uuid}` },
      exportedVariables: {},
      reports: [],
      attempt: 1,
      seen: 0,
    };
    tables.builds.put(id, build);
    tables.active.put(id, true);
    tables.tokens.put(request.token, id);
    context.store.events.append(stateChange(build));
    return id;
  });
}

function primaryFirst({ inputs, primarySource }: BuildRequest): ArtifactLocation[] {
  if (primarySource === undefined) return inputs;
  const primary = inputs.find(input => input.name === primarySource);
  if (!primary) throw new AwsError('InvalidInputException', `No input artifact is named ${primarySource}`);
  return [primary, ...inputs.filter(input => input !== primary)];
}

function next({ numbers }: Tables, name: string): number {
  const number = (numbers.get(name) ?? 0) + 1;
  numbers.put(name, number);
  return number;
}
