import { isKind } from '../base/error.ts';
import type { Engine } from './engine.ts';

/** `first` for the models that it runs, `second` for those that it refuses as 'unsupported'. */
export function withFallback(first: Engine, second: Engine): Engine {
  const either = async <T>(load: (engine: Engine) => Promise<T>): Promise<T> => {
    try {
      return await load(first);
    } catch (error) {
      if (!isKind(error, 'unsupported')) throw error;
      return load(second);
    }
  };
  return {
    device: first.device,
    lost: Promise.race([first.lost, second.lost]),
    stage: (...call) => either(engine => engine.stage(...call)),
    head: (...call) => either(engine => engine.head(...call)),
    close: async () => {
      await first.close();
      await second.close();
    },
  };
}
