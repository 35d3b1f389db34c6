/** Property names of templates whose values are maps with names of their own. */
const MAPS = new Set(['DockerLabels', 'Options', 'DriverOpts', 'Labels']);
/** Numbers and switches that a template may give as text. */
const NUMBERS = new Set([
  'DesiredCount',
  'ContainerPort',
  'HostPort',
  'StopTimeout',
  'StartTimeout',
  'Interval',
  'Timeout',
  'Retries',
  'StartPeriod',
  'HealthCheckGracePeriodSeconds',
  'MinimumHealthyPercent',
  'MaximumPercent',
]);

/** `ContainerDefinitions: [{ Name }]` of a template as the API's `containerDefinitions: [{ name }]`. */
export function apiMembers(properties: unknown): unknown {
  if (Array.isArray(properties)) return properties.map(apiMembers);
  if (properties === null || typeof properties !== 'object') return properties;
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      memberName(name),
      MAPS.has(name) ? value : member(name, value),
    ]),
  );
}

function member(name: string, value: unknown): unknown {
  if (NUMBERS.has(name) && typeof value === 'string') return Number(value);
  if (value === 'true' && name !== 'Value') return true;
  if (value === 'false' && name !== 'Value') return false;
  return apiMembers(value);
}

/** `TaskDefinition` → `taskDefinition`, `EFSVolumeConfiguration` → `efsVolumeConfiguration`. */
function memberName(name: string): string {
  return name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, head => head.toLowerCase());
}
