/** A meter's number by the camera, where the browser reads bar codes by itself. */

const EVERY = 200;

/** Whether it can be tried. @returns {boolean} */
export function canScan() {
  return "BarcodeDetector" in window && !!(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
}

/**
 * @param {HTMLVideoElement} video shows what the camera sees
 * @param {(text: string) => void} found is called with each code that is read
 * @returns {Promise<() => void>} ends it; rejected where there is no camera, or it may not be used
 */
export async function scan(video, found) {
  const detector = new window.BarcodeDetector({ formats: ["code_128", "code_39", "ean_13", "itf", "qr_code"] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  await video.play();
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    try {
      for (const code of await detector.detect(video)) found(code.rawValue);
    } catch (error) {
      // One picture that cannot be read: the next may be.
    }
    busy = false;
  }, EVERY);
  return () => {
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}
