import { findModel, models } from "../models/find-model.ts";
import {
  checkCallable,
  type Lifecycle,
  type ModelStatus,
  modelStatus,
} from "../models/lifecycle.ts";
import type { Model } from "../models/model.ts";

/** The models as they are today: found by the id they are called by, or listed. */
export interface ModelDesk {
  /** Throws what AWS answers when the model cannot be called by this id. */
  find(calledId: string): Model;
  /** Models that have not ended, each with its status. */
  list(): readonly (readonly [model: Model, status: Exclude<ModelStatus, "ENDED">])[];
}

/** Creates the desk; the clock is in milliseconds since the epoch. */
export function createModelDesk(lifecycle: Lifecycle, now: () => number): ModelDesk {
  return {
    find(calledId) {
      const model = findModel(calledId);
      checkCallable(model, calledId, lifecycle, now());
      return model;
    },
    list: () =>
      models.flatMap((model) => {
        const status = modelStatus(model, lifecycle, now());
        const isOnDemand = model.isOnDemand || lifecycle === "guide";
        return status === "ENDED" ? [] : [[{ ...model, isOnDemand }, status] as const];
      }),
  };
}
