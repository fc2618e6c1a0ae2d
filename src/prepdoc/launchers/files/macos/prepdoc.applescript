-- Drop statements on it, or open it for the page. It does not wait: prepdoc tells when it is done.
on open dropped
	set names to ""
	repeat with one in dropped
		set names to names & space & quoted form of POSIX path of one
	end repeat
	prepare(names)
end open

on run
	prepare("")
end run

on prepare(names)
	set support to POSIX path of (path to application support folder from user domain)
	do shell script quoted form of (support & "prepdoc/drop.sh") & names & " >/dev/null 2>&1 &"
end prepare
