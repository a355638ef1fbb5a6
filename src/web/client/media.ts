import { forEachWindow } from './frames.js';

const HAVE_FUTURE_DATA = 3;

/** Whether a video plays that the person can see: on the visible page or a frame of its origin, within the viewport. */
export function isVideoWatched(): boolean {
  let isWatched = false;
  if (!document.hidden) {
    forEachWindow((each) => {
      isWatched ||= [...each.document.querySelectorAll('video')].some(
        (video) => isPlaying(video) && isSeen(video, each),
      );
    });
  }
  return isWatched;
}

const isPlaying = ({ paused, ended, readyState }: HTMLVideoElement): boolean =>
  !paused && !ended && readyState >= HAVE_FUTURE_DATA;

function isSeen(video: HTMLVideoElement, { innerWidth, innerHeight }: Window): boolean {
  const { width, height, top, right, bottom, left } = video.getBoundingClientRect();
  return width * height > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
}
