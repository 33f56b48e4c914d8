import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { ConfigurationError } from "../config/configuration-error.ts";
import type { Clock } from "../core/clock.ts";
import type { ConfigurationState, LiveConfiguration } from "../core/configuration-state.ts";
import { GatewayError } from "../core/error.ts";
import type { Log } from "../core/log.ts";

/** How a configuration is changed under way. */
export interface LiveConfigurationOptions {
  /** Reads the configuration, makes what it says, and puts that in place; or throws and leaves everything as it is. */
  readonly change: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps count of configurations, and of why the last one was refused. Every reload is logged. */
export function createLiveConfiguration(options: LiveConfigurationOptions): LiveConfiguration {
  const { change, clock, log } = options;
  let state: ConfigurationState = {
    generation: 1,
    loadedEpochMs: clock.epochMs(),
    problems: [],
  };
  return {
    get state() {
      return state;
    },
    reload() {
      try {
        change();
      } catch (error) {
        if (!(error instanceof ConfigurationError)) {
          log.error({ err: error }, "a reload failed; the configuration before it holds");
          throw error;
        }
        const problems = error.message.split("\n");
        state = { ...state, problems, refusedEpochMs: clock.epochMs() };
        log.error({ problems, generation: state.generation }, "a configuration was refused");
        throw refused(problems, state.generation);
      }
      const generation = state.generation + 1;
      state = { generation, loadedEpochMs: clock.epochMs(), problems: [] };
      log.info({ generation }, "the configuration was reloaded");
      return state;
    },
  };
}

function refused(problems: readonly string[], generation: number): GatewayError {
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.INVALID_CONFIGURATION,
    `The configuration was refused, and that of generation ${generation} holds on:\n${problems.join("\n")}`,
    { metadata: { generation: String(generation), problems: String(problems.length) } },
  );
}
