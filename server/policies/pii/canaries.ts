import { piiEntities } from "../../core/pii-entities.ts";
import type { Detector } from "./detector.ts";
import { createDetector } from "./detectors/detectors.ts";
import { createScanner, type ScannerOptions } from "./scanner.ts";

/**
 * Throws unless each of these detectors finds its canary, by itself and beside the others that are on, and names those
 * that do not: a process that only seems to look for personal data must not get ready.
 */
export function checkCanaries({ entities, defaultRegion }: ScannerOptions): void {
  const together = createScanner({ entities, defaultRegion });
  const silent = piiEntities
    .filter((entity) => entities.includes(entity))
    .map((entity) => createDetector(entity, defaultRegion))
    .filter(({ entity, canary }) => {
      const alone = createScanner({ entities: [entity], defaultRegion });
      return !(finds(alone, entity, canary) && finds(together, entity, canary));
    });
  if (silent.length > 0) throw new Error(describe(silent));
}

function finds(
  { scan }: ReturnType<typeof createScanner>,
  entity: string,
  canary: string,
): boolean {
  return scan(canary).some((finding) => finding.entity === entity);
}

function describe(silent: readonly Detector[]): string {
  const names = silent.map(({ entity }) => entity).join(", ");
  return `these detectors of personal data do not find their own canary: ${names}`;
}
