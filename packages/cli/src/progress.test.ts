import { describe, expect, test } from '@jest/globals';
import type { RecordedEvent } from '@slipway/engine';
import { advance, type Note, type Progress } from './progress.ts';
import { noteLine } from './render.ts';

let seq = 0;
function event(at: number, detail: Record<string, unknown>): RecordedEvent {
  const kind = detail.action ? 'Action' : detail.stage ? 'Stage' : 'Pipeline';
  return {
    seq: ++seq,
    time: new Date(at).toISOString(),
    source: 'aws.codepipeline',
    'detail-type': `CodePipeline ${kind} Execution State Change`,
    resources: [],
    detail: { pipeline: 'slipway-news', 'execution-id': 'e1', ...detail },
  };
}

function run(events: RecordedEvent[]): { progress: Progress; notes: Note[] } {
  let progress: Progress = new Map();
  const notes: Note[] = [];
  for (const each of events) {
    const step = advance(progress, each);
    progress = step.progress;
    if (step.note) notes.push(step.note);
  }
  return { progress, notes };
}

describe('progress', () => {
  test('a stage that ends is told with how long it took', () => {
    const { notes } = run([
      event(0, { state: 'STARTED' }),
      event(1000, { stage: 'Build', state: 'STARTED' }),
      event(9100, { stage: 'Build', state: 'SUCCEEDED' }),
    ]);
    expect(noteLine(notes.at(-1)!, 9100).trim()).toBe('9.1 s  news       ✓ Build  8.1 s');
  });

  test("a failed action is told with the action's own words", () => {
    const { progress, notes } = run([
      event(0, { state: 'STARTED' }),
      event(0, { stage: 'Build', state: 'STARTED' }),
      event(5, {
        stage: 'Build',
        action: 'Build',
        state: 'FAILED',
        type: { provider: 'CodeBuild' },
        'execution-result': { 'external-execution-summary': 'one test failed' },
      }),
    ]);
    expect(notes.at(-1)?.text).toBe('Build/Build failed: one test failed');
    expect(progress.get('slipway-news')?.reason).toBe('one test failed');
  });

  test('an approval that waits is told, and the stage knows it', () => {
    const approval = { stage: 'Approval', action: 'Approve', type: { provider: 'Manual' } };
    const { progress, notes } = run([
      event(0, { state: 'STARTED' }),
      event(0, { stage: 'Approval', state: 'STARTED' }),
      event(1, { ...approval, state: 'STARTED' }),
    ]);
    expect(notes.at(-1)).toMatchObject({ state: 'WAITING', text: 'Approval waits for approval' });
    expect(progress.get('slipway-news')?.stages.at(-1)?.waitsForApproval).toBe(true);
  });

  test('a stage that is tried again is told as if it began', () => {
    const { notes } = run([
      event(0, { state: 'RESUMED' }),
      event(1000, { stage: 'Build', state: 'RESUMED' }),
      event(3000, { stage: 'Build', state: 'SUCCEEDED' }),
    ]);
    expect(notes.map(note => note.text)).toEqual(['started', 'Build']);
    expect(notes.at(-1)?.tookMs).toBe(2000);
  });

  test('a newer execution takes the place of the older one, whose late events change nothing', () => {
    const { progress } = run([
      event(0, { state: 'STARTED' }),
      event(1, { 'execution-id': 'e2', state: 'STARTED' }),
      event(2, { stage: 'Build', state: 'FAILED' }),
    ]);
    expect(progress.get('slipway-news')).toMatchObject({ execution: 'e2', stages: [] });
  });
});
