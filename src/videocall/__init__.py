"""VideoCall.cc: video meetings in the browser, with media straight between the people."""
