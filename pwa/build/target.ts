// The oldest browser that the phone app must start in: the WebView of Android 9.
export const OLDEST_BROWSER = "chrome69";
