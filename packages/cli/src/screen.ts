import { styleText } from 'node:util';
import type { RecordedEvent } from '@slipway/engine';
import type { Note, Progress } from './progress.ts';
import { noteLine, progressLines } from './render.ts';
import type { World } from './world.ts';

/** Where progress is shown. */
export interface Screen {
  /** A sentence of ours. */
  say(line: string): void;
  event(event: RecordedEvent, note: Note | undefined, progress: Progress): void;
  close(): void;
}

/** Chooses the screen: `--json` lines, a redrawn terminal, or plain lines. */
export function createScreen(world: World, options: { json: boolean }): Screen {
  if (options.json) return jsonScreen(world);
  return world.terminal ? terminalScreen(world) : plainScreen(world);
}

function jsonScreen(world: World): Screen {
  return {
    say: line => world.complain(line),
    event: event => world.say(JSON.stringify(event)),
    close: () => {},
  };
}

function plainScreen(world: World): Screen {
  const startedAt = world.now();
  return {
    say: line => world.say(line),
    event: (_event, note) => {
      if (note) world.say(noteLine(note, world.now() - startedAt));
    },
    close: () => {},
  };
}

const REDRAW_MS = 200;

function terminalScreen(world: World): Screen {
  let drawn = 0;
  let latest: Progress = new Map();
  const erase = (): string => (drawn ? `\x1b[${drawn}A\x1b[J` : '');
  const draw = (above: string[] = []): void => {
    const width = process.stdout.columns ?? 120;
    const lines = progressLines(latest, world.now()).map(line => clip(line, width));
    process.stdout.write(erase() + [...above, ...lines].map(line => `${line}\n`).join(''));
    drawn = lines.length;
  };
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    say: line => draw([line]),
    event: (_event, note, progress) => {
      latest = progress;
      draw(note?.state === 'FAILED' ? [styleText('red', noteLine(note, 0).trimStart())] : []);
    },
    close: () => {
      clearInterval(timer);
      draw();
    },
  };
}

/** Cuts a styled line to the width of the terminal, so that redrawing counts its lines rightly. */
function clip(line: string, width: number): string {
  let shown = 0;
  let out = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a style
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith('\x1b')) out += part;
    else {
      out += part.slice(0, Math.max(0, width - 1 - shown));
      shown += part.length;
    }
  }
  return out;
}
