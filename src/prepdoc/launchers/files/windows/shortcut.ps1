# Makes the shortcut PREPDOC_LINK to the program PREPDOC_TARGET, with the icon PREPDOC_ICON.
$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:PREPDOC_LINK)
$link.TargetPath = $env:PREPDOC_TARGET
$link.IconLocation = $env:PREPDOC_ICON
$link.Save()
