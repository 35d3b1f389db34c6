import { AwsError } from '../../core/errors.ts';
import type { Properties } from '../../core/resource.ts';
import { type ActionDeclaration, type PipelineDeclaration, providerOf } from './declaration.ts';
import { localName } from './providers/code-commit.ts';
import type { Tables } from './tables.ts';

/** A push that starts a pipeline whose source is behind a connection. */
export interface PushTrigger {
  pipelineArn: string;
  repository: string;
  /** Names of branches; `*` stands for any characters. */
  branches: string[];
  /** Events up to this number came before the pipeline. */
  since: number;
}

/**
 * Keeps what starts the pipeline by itself: triggers with a filter on branches, and without any trigger a source that
 * detects changes. Pushes before `since` start nothing.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html
 */
export function keepTriggers(
  { triggers }: Tables,
  pipelineArn: string,
  declaration: PipelineDeclaration,
  since: number,
): void {
  const before = new Map(triggers.entries(`${declaration.name}/`));
  dropTriggers({ triggers }, declaration.name);
  for (const action of connected(declaration)) {
    const branches = branchesOf(declaration, action);
    const repository = localName(action.configuration.FullRepositoryId ?? '');
    if (branches.length === 0) continue;
    const key = `${declaration.name}/${action.name}`;
    const known = before.get(key);
    // A push that came while the pipeline was being changed is still for it.
    const from = known?.repository === repository ? known.since : since;
    triggers.put(key, { pipelineArn, repository, branches, since: from });
  }
}

/** Forgets what starts the pipeline. */
export function dropTriggers({ triggers }: Pick<Tables, 'triggers'>, pipeline: string): void {
  for (const key of triggers.keys(`${pipeline}/`)) triggers.delete(key);
}

/** What of the triggers never happens here, for people. */
export function missedTriggers(declaration: PipelineDeclaration): string[] {
  return filtersOf(declaration).some(filter => filter.PullRequest !== undefined)
    ? ['builds of pull requests are not started']
    : [];
}

/** Throws InvalidStructureException for a trigger that is none, or asks for what is not carried out. */
export function validateTriggers(pipeline: PipelineDeclaration): void {
  const names = connected(pipeline).map(action => action.name);
  for (const filter of filtersOf(pipeline)) {
    if (!names.includes(String(filter.SourceActionName)))
      throw invalid(
        `A trigger names the source action ${String(filter.SourceActionName)}, which has no connection`,
      );
    for (const push of list(filter.Push)) {
      const { Includes, Excludes } = record(push.Branches);
      if (push.Tags || push.FilePaths || Excludes || !Array.isArray(Includes))
        throw invalid('Triggers by tags, file paths and excluded branches are not carried out locally');
    }
  }
}

function branchesOf(declaration: PipelineDeclaration, action: ActionDeclaration): string[] {
  const filter = filtersOf(declaration).find(each => each.SourceActionName === action.name);
  if (filter) return list(filter.Push).flatMap(push => record(push.Branches).Includes as string[]);
  const { DetectChanges = 'true', BranchName = '' } = action.configuration;
  return DetectChanges === 'true' ? [BranchName] : [];
}

function connected(declaration: PipelineDeclaration): ActionDeclaration[] {
  const sources = declaration.stages[0]?.actions ?? [];
  return sources.filter(action => providerOf(action) === 'Source/CodeStarSourceConnection');
}

function filtersOf({ triggers = [] }: PipelineDeclaration): Properties[] {
  return triggers.map(trigger => record(record(trigger).GitConfiguration));
}

function list(value: unknown): Properties[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Properties {
  return typeof value === 'object' && value !== null ? (value as Properties) : {};
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidStructureException', message);
}
