import { onBeforeUnmount, onMounted, ref, watch } from 'vue';
import { cancel, compute } from './compute.js';

const QUIET = 60;
let lanes = 0;

/**
 * A result that follows what it is computed from: the latest stays while the next is on its way.
 * @param name of the computation
 * @param argsOf its arguments, from reactive values
 */
export function useLive(name, argsOf) {
  const lane = `${name}${++lanes}`;
  const [result, busy, problem] = [ref(), ref(true), ref('')];
  let timer;
  async function ask() {
    busy.value = true;
    try {
      result.value = await compute(name, argsOf(), { lane });
      problem.value = '';
    } catch (error) {
      problem.value = error.message;
    }
    busy.value = false;
  }
  onMounted(ask);
  watch(argsOf, () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET);
  });
  onBeforeUnmount(() => {
    clearTimeout(timer);
    cancel(lane);
  });
  return { result, busy, problem };
}
