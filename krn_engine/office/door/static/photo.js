/** A photograph of a meter's display, made small: without where it was taken, and never sent. */

const LONGEST = 1280;
const MOST = 200000;

/**
 * @param {File} file as the camera gives it
 * @returns {Promise<{blob: Blob, digest: string}>} a JPEG of 200 kB at most, and its SHA-256; rejected if it is none
 */
export async function small(file) {
  const picture = await createImageBitmap(file);
  const share = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  let blob = null;
  for (let size = share, quality = 0.8; ; size *= 0.8, quality = Math.max(0.4, quality - 0.1)) {
    canvas.width = Math.max(1, Math.round(picture.width * size));
    canvas.height = Math.max(1, Math.round(picture.height * size));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    blob = await new Promise((made) => canvas.toBlob(made, "image/jpeg", quality));
    if (!blob || blob.size <= MOST) break;
  }
  if (!blob) throw new Error("no picture");
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => (byte + 256).toString(16).slice(1)).join("");
  return { blob, digest: hex };
}
