import { styleText } from 'node:util';
import type { Note, PipelineProgress, Progress, StageProgress, State } from './progress.ts';

type Style = Parameters<typeof styleText>[0];

const SIGNS: Record<string, { sign: string; style: Style }> = {
  STARTED: { sign: '●', style: 'cyan' },
  SUCCEEDED: { sign: '✓', style: 'green' },
  FAILED: { sign: '✗', style: 'red' },
  WAITING: { sign: '⏸', style: 'yellow' },
  SKIPPED: { sign: '–', style: 'gray' },
};

const OTHER = { sign: '·', style: 'gray' as Style };

/** `8.1 s`, `1 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** One plain line: when (since `startedAt`), which pipeline, what, how long. */
export function noteLine(note: Note, sinceMs: number): string {
  const { sign } = SIGNS[note.state] ?? OTHER;
  const took = note.tookMs === undefined ? '' : `  ${duration(note.tookMs)}`;
  return `${duration(sinceMs).padStart(12)}  ${shortName(note.pipeline).padEnd(10)} ${sign} ${note.text}${took}`;
}

/** The pipelines as a table of stages, one line each: for a terminal that is redrawn. */
export function progressLines(progress: Progress, now: number): string[] {
  return [...progress.values()].map(pipeline => pipelineLine(pipeline, now));
}

function pipelineLine(pipeline: PipelineProgress, now: number): string {
  const { sign, style } = SIGNS[pipeline.state] ?? OTHER;
  const stages = pipeline.stages.map(stage => stageText(stage, now)).join('  ');
  const took = duration((pipeline.endedAt ?? now) - pipeline.startedAt);
  return `${styleText(style, sign)} ${shortName(pipeline.pipeline).padEnd(10)} ${took.padStart(8)}  ${stages}`;
}

function stageText(stage: StageProgress, now: number): string {
  const state: State = stage.waitsForApproval ? 'WAITING' : stage.state;
  const { sign, style } = SIGNS[state] ?? OTHER;
  const running = stage.endedAt === undefined;
  const detail = running ? ` ${stage.action ?? ''} ${duration(now - stage.startedAt)}` : '';
  return styleText(style, `${sign} ${stage.name}${detail}`);
}

/** `slipway-news` is shown as `news`. */
export function shortName(pipeline: string): string {
  return pipeline.slice(pipeline.indexOf('-') + 1);
}

/** Whose approval a service waits for, and the command that gives it where these options point. */
export function approverOf(
  service: string,
  team: string,
  options: { state?: string; target?: string } = {},
): string {
  const state = options.state ? ` --state ${options.state}` : '';
  const target = options.target === 'aws' ? ' --target aws' : '';
  return `team ${team}: npx slipway approve ${service}${state}${target}`;
}
