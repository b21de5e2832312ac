-- @bears 41
-- Several machines that record (docs/nodes.md): in whose folder the files of a segment lie, by the name in that
-- folder (video/folder.h).  '': of before there were names; whoever records takes them for its own.
ALTER TABLE video_segment ADD COLUMN place TEXT NOT NULL DEFAULT '';
