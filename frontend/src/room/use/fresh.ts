/** Is a picture really moving? A camera that was switched off leaves its last frame behind. */
import { onMounted, onScopeDispose, type Ref, shallowRef } from "vue";

const EVERY_MS = 700;
/** Two reads without a new frame. */
const STALE_READS = 3;

export function useFreshPicture(video: Readonly<Ref<HTMLVideoElement | null>>): Readonly<Ref<boolean>> {
  const fresh = shallowRef(false);
  let frames = 0;
  let still = STALE_READS;

  function read() {
    const now = video.value?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    still = now !== frames ? 0 : still + 1;
    frames = now;
    fresh.value = still < STALE_READS && now > 0;
  }
  let timer = 0;
  onMounted(() => (timer = window.setInterval(read, EVERY_MS)));
  onScopeDispose(() => window.clearInterval(timer));
  return fresh;
}
