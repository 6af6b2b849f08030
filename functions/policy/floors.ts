// Faults of confidence floors.
import type { Fault } from './fault.ts';
import type { Actions } from './overlay.ts';
import { USUAL_FLOOR } from './schemas/actions.ts';
import type { Read } from './yaml-file.ts';

/** A lower floor carries its reason. */
export function unexplainedFloors(actions: Actions, { fault }: Read<unknown>): Fault[] {
  return Object.entries(actions).flatMap(([name, { confidenceFloor, whyLowerFloor }]) =>
    confidenceFloor < USUAL_FLOOR && !whyLowerFloor
      ? [
          fault(
            ['actions', name, 'confidenceFloor'],
            `below ${USUAL_FLOOR}: give the reason in whyLowerFloor`,
          ),
        ]
      : [],
  );
}
