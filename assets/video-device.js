// video-device.js - camera and microphone of this computer, and what to say when there are none.

const CAMERA = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const FAULTS = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing",
	OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy" };

// {stream, fault}: what there is.  "refused", "missing", "busy", "insecure" or "" - with a stream when
// the sound is there all the same.
export async function openDevices({ camera = true, device } = {}) {
	const devices = navigator.mediaDevices;
	if (!devices) return { stream: null, fault: "insecure" };
	const picture = device ? { ...CAMERA, deviceId: { exact: device } } : CAMERA;
	try {
		return { stream: await devices.getUserMedia({ audio: MICROPHONE, video: camera && picture }), fault: "" };
	} catch (error) {
		const fault = FAULTS[error.name] ?? "busy";
		if (!camera || fault === "refused") return { stream: null, fault };
		const sound = await openDevices({ camera: false });
		return { stream: sound.stream, fault };
	}
}

export async function cameras() {
	const all = await navigator.mediaDevices?.enumerateDevices() ?? [];
	return all.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
}

// One of them was taken out; where one is missing, another was put in.  Told once; the function that it
// gives ends the watch.
export function onDevicesChanged({ stream, fault }, changed) {
	const watch = new AbortController();
	const tracks = stream?.getTracks() ?? [];
	const tell = () => {
		watch.abort();
		changed();
	};
	for (const track of tracks) track.addEventListener("ended", tell, { signal: watch.signal });
	navigator.mediaDevices?.addEventListener("devicechange", () => {
		if (fault || tracks.some(({ readyState }) => readyState === "ended")) tell();
	}, { signal: watch.signal });
	return () => watch.abort();
}

// Shows in `meter`, from 0 to 1, how loud the stream is, until the function that it gives is called.
export function showLevel(stream, meter) {
	const context = new AudioContext();
	const analyser = context.createAnalyser();
	analyser.fftSize = 512;
	context.createMediaStreamSource(stream).connect(analyser);
	const samples = new Float32Array(analyser.fftSize);
	const timer = setInterval(() => {
		analyser.getFloatTimeDomainData(samples);
		const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
		meter.value = Math.min(1, Math.sqrt(power) * 4);
	}, 100);
	return () => {
		clearInterval(timer);
		meter.value = 0;
		context.close();
	};
}
