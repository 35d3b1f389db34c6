export type { EngineEvent, RecordedEvent } from './core/events.ts';
