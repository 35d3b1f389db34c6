import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '@slipway/engine';

export interface StepTime {
  name: string;
  ms: number;
}

/** How long each stage and each of its actions took, in the order in which they ended. */
export function stagesIn(events: RecordedEvent[]): StepTime[] {
  const begun = new Map<string, number>();
  return events.flatMap(event => {
    const { pipeline, stage, action, state } = event.detail as Record<string, string>;
    if (event.source !== 'aws.codepipeline' || !stage) return [];
    const name = [pipeline, stage, action].filter(Boolean).join(' ');
    const at = Date.parse(event.time);
    if (state === 'STARTED') begun.set(name, at);
    return state === 'SUCCEEDED' ? [{ name, ms: at - (begun.get(name) ?? at) }] : [];
  });
}

/** How long each phase of each build took, and each command of its buildspec, by the log in `state`. */
export function buildsIn(events: RecordedEvent[], state: string): StepTime[] {
  const phases = events.filter(event => event['detail-type'] === 'CodeBuild Build Phase Change');
  const builds = new Set(phases.map(({ detail }) => String(detail['build-id'])));
  return [...builds].flatMap(build => {
    const own = phases.filter(({ detail }) => detail['build-id'] === build);
    const project = String(own[0]!.detail['project-name']);
    const steps = [...own.map(phaseOf), ...commandsIn(logOf(state, build))];
    return steps.map(({ name, ms }) => ({ name: `${project} ${name}`, ms }));
  });
}

function phaseOf({ detail }: RecordedEvent): StepTime {
  const ms =
    Date.parse(String(detail['completed-phase-end'])) - Date.parse(String(detail['completed-phase-start']));
  return { name: String(detail['completed-phase']), ms };
}

/** From each command's line to the next line that the runner itself wrote. */
function commandsIn(log: string): StepTime[] {
  const told = [...log.matchAll(/^\[Container\] (\S+ \S+) (.*)$/gm)].map(([, time, text]) => ({
    at: Date.parse(`${time!.replaceAll('/', '-').replace(' ', 'T').slice(0, 23)}Z`),
    text: text!,
  }));
  return told.flatMap(({ at, text }, index) => {
    const command = /^Running command (.*)/.exec(text)?.[1];
    return command === undefined
      ? []
      : [{ name: `> ${command.trim().slice(0, 50)}`, ms: (told[index + 1]?.at ?? at) - at }];
  });
}

/** The log of a build by its ARN. */
function logOf(state: string, build: string): string {
  const logs = join(state, 'logs');
  const id = build.replace(/.*:/, '');
  const file = readdirSync(logs, { recursive: true, encoding: 'utf8' }).find(each => each.includes(id));
  return file === undefined ? '' : readFileSync(join(logs, file), 'utf8');
}
